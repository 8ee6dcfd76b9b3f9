/** OpenSSH itself reads what we write for it. */
import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { writeSshConfig } from '../../../infra/cli/ssh-config.ts';
import type { LoginOutput } from '../../../infra/stack-outputs.ts';
import { startSshd, type TestSshd } from '../../support/sshd.ts';

describe('logging in by name', () => {
  let folder: string;
  let bastion: TestSshd;
  let host: TestSshd;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ssh-config-'));
    [bastion, host] = await Promise.all([startSshd(), startSshd()]);
  });
  after(async () => {
    await Promise.all([bastion.stop(), host.stop()]);
    rmSync(folder, { recursive: true, force: true });
  });

  async function logIn(proxy: LoginOutput): Promise<string> {
    const rest = { id: 1, address: '127.0.0.1', arch: 'x64', ssh: '' };
    const connection = { ...loginTo(host), proxy };
    const hosts = { web_1: { ...rest, roles: ['service' as const], connection } };
    const config = await writeSshConfig(folder, hosts);
    const { stdout } = await promisify(execFile)('ssh', [
      '-F',
      config,
      'web_1',
      'echo $SSH_CONNECTION',
    ]);
    return stdout;
  }

  it('goes through a bastion', async () => {
    expect(await logIn(loginTo(bastion))).to.match(new RegExp(` ${host.port}\n$`));
  });

  it('believes no bastion with another key', async () => {
    const impostor = { ...loginTo(bastion), hostKey: host.hostKey };
    const failed = await logIn(impostor).catch(String);
    expect(failed).to.include('Host key verification failed');
  });
});

function loginTo({ port, user, hostKey, directory }: TestSshd): LoginOutput {
  return { host: '127.0.0.1', port, user, hostKey, privateKeyPath: join(directory, 'user_key') };
}
