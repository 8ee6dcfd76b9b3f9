import { expect } from 'chai';
import { nerveConfigSchema } from '../../../agent/config/nerve.ts';
import { reporterSchema } from '../../../agent/config/nerve-reporters.ts';
import { families } from '../../../agent/nerve/metrics/families.ts';

import {
  deadAnchors,
  filesNamedIn,
  missingFiles,
  optionsOf,
  readPage,
  unmentioned,
} from '../../support/documentation.ts';

describe('docs/nerve.md', () => {
  let text: string;

  before(async () => {
    text = await readPage('nerve.md');
  });

  it('knows every option of the schemas', () => {
    const options = [...optionsOf(nerveConfigSchema), ...optionsOf(reporterSchema)];
    expect(options).to.include.members(['api_socket', 'expect_status', 'etcd_port', 'rise']);
    expect(unmentioned(text, options)).to.deep.equal([]);
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
