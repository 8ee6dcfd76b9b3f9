import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { knownHostKey } from '../../../infra/ssh/known-hosts.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

const ed25519 = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIjfIlEBOUrubCKQSzMe7Dl0mcmbuDizML6QFf1rGA9U';
const other = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPfrg7aJ0gX1PcPY5pGqmVUzeTAIDXRThqREUYYl1CU5';

describe('knownHostKey', () => {
  it('finds a machine by its name or address, and by its port where that is another', () => {
    const text = [
      '# people write notes',
      '',
      `web.example,192.0.2.1 ${ed25519} a comment`,
      `[web.example]:2222 ${other}`,
    ].join('\n');
    expect(knownHostKey(text, 'web.example', 22)).to.equal(ed25519);
    expect(knownHostKey(text, 'WEB.example', 22)).to.equal(ed25519);
    expect(knownHostKey(text, '192.0.2.1', 22)).to.equal(ed25519);
    expect(knownHostKey(text, 'web.example', 2222)).to.equal(other);
    expect(knownHostKey(text, '192.0.2.1', 2222)).to.equal(undefined);
    expect(knownHostKey(text, 'webXexample', 22)).to.equal(undefined);
  });

  it('finds it by a pattern, but for those that are left out', () => {
    const text = `*.example,!bad.example,10.0.0.? ${ed25519}`;
    expect(knownHostKey(text, 'a.b.example', 22)).to.equal(ed25519);
    expect(knownHostKey(text, 'bad.example', 22)).to.equal(undefined);
    expect(knownHostKey(text, '10.0.0.7', 22)).to.equal(ed25519);
    expect(knownHostKey(text, '10.0.0.17', 22)).to.equal(undefined);
  });

  it('finds it in a list whose names ssh-keygen has hashed', async () => {
    const text = await withTemporaryFolder(async (folder) => {
      const file = join(folder, 'known_hosts');
      await writeFile(file, `web.example ${ed25519}\n[192.0.2.1]:2222 ${other}\n`);
      execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' });
      return await readFile(file, 'utf8');
    });
    expect(text).not.to.include('web.example');
    expect(knownHostKey(text, 'web.example', 22)).to.equal(ed25519);
    expect(knownHostKey(text, '192.0.2.1', 2222)).to.equal(other);
    expect(knownHostKey(text, '192.0.2.1', 22)).to.equal(undefined);
  });

  it('prefers the best kind, and believes no key that was revoked', () => {
    const text = ['ssh-rsa AAAAB3', 'ecdsa-sha2-nistp256 AAAAE2', ed25519, 'ssh-dss AAAAB3']
      .map((key) => `web ${key}`)
      .join('\n');
    expect(knownHostKey(text, 'web', 22)).to.equal(ed25519);
    expect(knownHostKey(`${text}\n@revoked * ${ed25519}`, 'web', 22)).to.equal(
      'ecdsa-sha2-nistp256 AAAAE2',
    );
    expect(knownHostKey(`@cert-authority * ${ed25519}`, 'web', 22)).to.equal(undefined);
  });
});
