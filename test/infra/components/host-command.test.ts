import { expect } from 'chai';
import { hostCommand } from '../../../infra/components/host-command.ts';
import { hostFile } from '../../../infra/components/host-file.ts';
import { type RecordedResource, recordResources } from '../../support/pulumi-recorder.ts';
import { tutorialEnvironment, tutorialHosts } from '../../support/tutorial.ts';

describe('hostCommand', () => {
  const [host] = tutorialHosts(tutorialEnvironment().catalog);

  /** A unit that runs on a file which changed at some time last. */
  async function unitOn(time: string): Promise<RecordedResource | undefined> {
    if (host === undefined) return expect.fail('the shipped catalog has a host');
    const file = { path: '/etc/app.conf', mode: '0644', owner: 'root', content: 'a\n' } as const;
    const resources = await recordResources(
      () => {
        const written = [hostFile(host, file, {})];
        hostCommand(host, 'app.service', { script: 'systemctl restart app', written }, {});
      },
      { outputs: ({ name }) => (name.endsWith('app.conf') ? { stdout: time } : {}) },
    );
    return resources.get(`${host.name}/app.service`);
  }

  it('runs after the files that it brings into effect', async () => {
    expect((await unitOn('1.5'))?.dependsOn).to.deep.equal([`${host?.name}/etc/app.conf`]);
  });

  it('runs again once they were changed and taken back: it may have failed meanwhile', async () => {
    const before = await unitOn('1.5');
    const takenBack = await unitOn('2.5');
    expect(before?.inputs.create).to.include('# 1.5').and.include('systemctl restart app');
    expect(takenBack?.inputs.create).to.not.equal(before?.inputs.create);
    expect((await unitOn('1.5'))?.inputs).to.deep.equal(before?.inputs);
  });
});
