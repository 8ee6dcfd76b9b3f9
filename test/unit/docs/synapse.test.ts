import { expect } from 'chai';
import { synapseConfigSchema } from '../../../agent/config/synapse.ts';
import { families } from '../../../agent/synapse/metrics/families.ts';
import { proxySchema } from '../../../infra/catalog/proxy-schema.ts';
import { holdPage, optionsOf, unmentioned } from '../../support/documentation.ts';
import { synapseStatsdNames } from '../../support/statsd-names.ts';

describe('docs/synapse.md', () => {
  const page = holdPage('synapse.md', {
    schemas: [synapseConfigSchema],
    among: ['api_socket', 'hold_seconds', 'marathon_api_url', 'contexts'],
    families,
  });

  it("knows every field of the catalog's proxies", () => {
    const fields = optionsOf(proxySchema);
    expect(fields).to.include.members(['balance', 'downIntervalMs', 'minShare']);
    expect(unmentioned(page.text, fields)).to.deep.equal([]);
  });

  it('says of each name that the original sends to statsd what becomes of it', async () => {
    const rows = page.text.split('\n').filter((line) => line.startsWith('| `synapse.'));
    const inRows = (lines: readonly string[]): readonly string[] =>
      lines.flatMap((line) =>
        [...line.matchAll(/`(synapse\.[\w.]+)`/g)].map(([, name = '']) => name),
      );
    const { original, notSent } = await synapseStatsdNames();
    expect(inRows(rows)).to.have.members(original);
    expect(inRows(rows.filter((line) => line.includes('| not sent: ')))).to.have.members(notSent);
  });
});
