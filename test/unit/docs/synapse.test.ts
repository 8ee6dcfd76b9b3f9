import { expect } from 'chai';
import { synapseConfigSchema } from '../../../agent/config/synapse.ts';
import { families } from '../../../agent/synapse/metrics/families.ts';
import { proxySchema } from '../../../infra/catalog/proxy-schema.ts';
import {
  deadAnchors,
  filesNamedIn,
  missingFiles,
  optionsOf,
  readPage,
  unmentioned,
} from '../../support/documentation.ts';

describe('docs/synapse.md', () => {
  let text: string;

  before(async () => {
    text = await readPage('synapse.md');
  });

  it('knows every option of the schemas', () => {
    const options = optionsOf(synapseConfigSchema);
    expect(options).to.include.members([
      'api_socket',
      'hold_seconds',
      'marathon_api_url',
      'contexts',
    ]);
    expect(unmentioned(text, options)).to.deep.equal([]);
  });

  it("knows every field of the catalog's proxies", () => {
    const fields = optionsOf(proxySchema);
    expect(fields).to.include.members(['balance', 'downIntervalMs', 'minShare']);
    expect(unmentioned(text, fields)).to.deep.equal([]);
  });

  it('knows every metric', () => {
    const names = Object.keys(families);
    expect(names.filter((name) => !text.includes(`\`${name}\``))).to.deep.equal([]);
  });

  it('names tests and files that are there', () => {
    const files = filesNamedIn(text);
    expect(files).to.have.length.above(20);
    expect(missingFiles(files)).to.deep.equal([]);
    expect(deadAnchors(text)).to.deep.equal([]);
  });
});
