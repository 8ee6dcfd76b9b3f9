import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { findPassphrase } from '../../../infra/engine/passphrase.ts';

describe('the passphrase of a clone', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'smartstack-passphrase-'));
    path = join(folder, 'passphrase');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  it('is made once, for its owner alone', async () => {
    const made = await findPassphrase({}, path);
    expect(made).to.have.length(32);
    expect(await findPassphrase({}, path)).to.equal(made);
    expect(statSync(path).mode & 0o777).to.equal(0o600);
    expect(readdirSync(folder)).to.deep.equal(['passphrase']);
  });

  it('leaves no file where it cannot be written whole', () => {
    const module = JSON.stringify(join(process.cwd(), 'infra/engine/passphrase.ts'));
    const make = `(await import(${module})).findPassphrase({}, ${JSON.stringify(path)})`;
    const program = `await ${make}.catch(({ code }) => console.log(code));`;
    const node = [process.execPath, '--input-type=module', '--eval', program];
    const { stdout } = spawnSync('bash', ['-c', 'ulimit -f 0; exec "$@"', 'bash', ...node], {
      encoding: 'utf8',
    });
    expect(stdout).to.equal('EFBIG\n');
    expect(readdirSync(folder)).to.deep.equal([]);
  });

  it('is not empty', async () => {
    writeFileSync(path, '');
    const refused = await findPassphrase({}, path).catch((error: unknown) => error);
    expect(String(refused)).to.include(`${path} is empty`).and.include('put it back');
  });
});
