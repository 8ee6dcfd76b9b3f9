import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Config, runtime } from '@pulumi/pulumi';
import { expect } from 'chai';
import { InvalidEnvironmentError } from '../../../infra/catalog/invalid-environment.ts';
import type { Host } from '../../../infra/targets/host.ts';
import { existingHosts } from '../../../infra/targets/hosts.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

const wanted = [
  { name: 'web', id: 1 },
  { name: 'zookeeper1', id: 2 },
];
const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIjfIlEBOUrubCKQSzMe7Dl0mcmbuDizML6QFf1rGA9U';

describe('existingHosts', () => {
  it('gives the machines of the stack configuration, with defaults', async () => {
    const hosts = await withTemporaryFolder(async (folder) => {
      const privateKey = join(folder, 'key');
      await writeFile(privateKey, 'a key');
      return hostsFrom({
        web: { address: '192.0.2.1', privateKey, hostKey },
        zookeeper1: {
          ...{ address: '192.0.2.2', sshHost: 'bastion.example', port: 2222, user: 'admin' },
          ...{ privateKey, hostKey, arch: 'arm64' },
        },
      });
    });
    const seen = hosts.map(({ name, address, arch, connection }) => {
      const { host, port, user } = connection;
      return { name, address, arch, host, port, user };
    });
    expect(seen).to.deep.equal([
      { ...{ name: 'web', address: '192.0.2.1', arch: 'x64' }, ...login('192.0.2.1', 22, 'root') },
      {
        ...{ name: 'zookeeper1', address: '192.0.2.2', arch: 'arm64' },
        ...login('bastion.example', 2222, 'admin'),
      },
    ]);
  });

  it('names everything that is wrong at once, and where', () => {
    const problems = problemsOf({
      web: { address: 'web.example', privateKey: '/no/such/key', hostKey: 'AAAA', prot: 22 },
      nobody: {},
    });
    expect(problems.map(({ path }) => path).sort()).to.deep.equal([
      'smartstack:hosts.nobody',
      'smartstack:hosts.web.address',
      'smartstack:hosts.web.hostKey',
      'smartstack:hosts.web.prot',
      'smartstack:hosts.zookeeper1',
    ]);
    const typo = problems.find(({ path }) => path.endsWith('.prot'));
    expect(typo?.message).to.include('did you mean port?');
  });

  it('misses a key file before anything is tried with it', () => {
    const machine = { address: '192.0.2.1', privateKey: '/no/such/key', hostKey };
    expect(problemsOf({ web: machine, zookeeper1: machine })[0]).to.deep.equal({
      path: 'smartstack:hosts.web.privateKey',
      message: 'there is no file /no/such/key; name one that is',
    });
  });
});

function login(host: string, port: number, user: string): object {
  return { host, port, user };
}

function hostsFrom(list: object): readonly Host[] {
  runtime.setConfig('smartstack:hosts', JSON.stringify(list));
  return existingHosts(wanted, new Config('smartstack'));
}

function problemsOf(list: object): InvalidEnvironmentError['problems'] {
  try {
    hostsFrom(list);
  } catch (error) {
    if (error instanceof InvalidEnvironmentError) return error.problems;
    throw error;
  }
  return expect.fail('should have failed');
}
