import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readStackConfig } from '../../../../infra/engine/config-file.ts';
import { Crypter } from '../../../../infra/engine/secrets.ts';

describe('readStackConfig', () => {
  let directory: string;
  const read = (text: string, passphrase = 'word') => {
    const path = join(directory, 'Pulumi.s.yaml');
    writeFileSync(path, text);
    return readStackConfig(path, passphrase);
  };

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'smartstack-config-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  it('reads texts, numbers and structures as Pulumi hands them to the program', async () => {
    const text = 'config:\n  p:text: a\n  p:number: 7\n  p:list: [1, {x: y}]\n';
    const values = { 'p:text': 'a', 'p:number': '7', 'p:list': '[1,{"x":"y"}]' };
    expect(await read(text)).to.deep.equal({ values, secretKeys: [] });
  });

  it('takes a missing or empty file for no configuration', async () => {
    const nothing = { values: {}, secretKeys: [] };
    expect(await readStackConfig(join(directory, 'absent'), '')).to.deep.equal(nothing);
    expect(await read('')).to.deep.equal(nothing);
  });

  it('decrypts secrets, and says what to do about those it cannot', async () => {
    const crypter = Crypter.create('word');
    const text = `encryptionsalt: ${crypter.salt}\nconfig:\n  p:s: {secure: "${crypter.encrypt('x')}"}\n`;
    expect(await read(text)).to.deep.equal({ values: { 'p:s': 'x' }, secretKeys: ['p:s'] });
    await read(text, 'wrong').then(
      () => expect.fail('it was decrypted'),
      (error: Error) => expect(error.message).to.match(/p:s.*set PULUMI_CONFIG_PASSPHRASE/),
    );
  });
});
