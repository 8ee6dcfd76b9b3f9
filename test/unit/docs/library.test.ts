import { expect } from 'chai';
import * as api from '../../../infra/library/api.ts';
import {
  deadAnchors,
  filesNamedIn,
  missingFiles,
  readPage,
  unmentioned,
} from '../../support/documentation.ts';

describe('docs/library.md', () => {
  it('knows everything that may be imported', async () => {
    expect(unmentioned(await readPage('library.md'), Object.keys(api))).to.deep.equal([]);
  });

  it('names files that are there', async () => {
    const text = await readPage('library.md');
    expect(filesNamedIn(text)).to.include('docs/examples/own-program/index.ts');
    expect(missingFiles(filesNamedIn(text))).to.deep.equal([]);
    expect(deadAnchors(text)).to.deep.equal([]);
  });
});
