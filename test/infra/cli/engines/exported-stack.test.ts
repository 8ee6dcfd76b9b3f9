import { expect } from 'chai';
import { withoutHosts } from '../../../../infra/cli/engines/exported-stack.ts';

const urn = (name: string, type = 'command:remote:Command'): string =>
  `urn:pulumi:own::smartstack::${type}::${name}`;

describe('withoutHosts', () => {
  it('drops what stands on a host, its component, and every mention of it', () => {
    const exported = {
      version: 3,
      deployment: {
        manifest: { magic: 'x' },
        resources: [
          { urn: urn('smartstack-own', 'pulumi:pulumi:Stack'), custom: false },
          { urn: urn('web_1', 'smartstack:index:ServiceHost'), custom: false },
          { urn: urn('web_1/nerve.service'), dependencies: [urn('web_1/prepared/service')] },
          {
            urn: urn('web_10/roll-agent'),
            dependencies: [urn('web_10/release/agent'), urn('web_1/roll-agent')],
            propertyDependencies: { connection: [], stdin: [urn('web_1/roll-agent')] },
            inputs: { create: { ciphertext: 'v1:…' } },
          },
        ],
      },
    };
    const { text, dropped } = withoutHosts(JSON.stringify(exported), ['web_1']);
    expect(dropped).to.equal(2);
    expect(JSON.parse(text)).to.deep.equal({
      version: 3,
      deployment: {
        manifest: { magic: 'x' },
        resources: [
          { urn: urn('smartstack-own', 'pulumi:pulumi:Stack'), custom: false },
          {
            urn: urn('web_10/roll-agent'),
            dependencies: [urn('web_10/release/agent')],
            propertyDependencies: { connection: [], stdin: [] },
            inputs: { create: { ciphertext: 'v1:…' } },
          },
        ],
      },
    });
  });
});
