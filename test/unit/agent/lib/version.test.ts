import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { version } from '../../../../agent/lib/version.ts';

describe('version', () => {
  it("is package.json's", async () => {
    const text = await readFile(new URL('../../../../package.json', import.meta.url), 'utf8');
    expect(JSON.parse(text)).to.include({ version });
  });
});
