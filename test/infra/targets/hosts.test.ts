import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Config, runtime } from '@pulumi/pulumi';
import { expect } from 'chai';
import { InvalidEnvironmentError } from '../../../infra/catalog/invalid-environment.ts';
import type { TargetHost } from '../../../infra/targets/host.ts';
import { existingHosts } from '../../../infra/targets/hosts.ts';
import { recordResources } from '../../support/pulumi-recorder.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

const wanted = [
  { name: 'web', id: 1 },
  { name: 'zookeeper1', id: 2 },
];
const hostKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIjfIlEBOUrubCKQSzMe7Dl0mcmbuDizML6QFf1rGA9U';
const bastionKey =
  'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIPfrg7aJ0gX1PcPY5pGqmVUzeTAIDXRThqREUYYl1CU5';

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

  describe('without a key of the machine', () => {
    const { HOME } = process.env;
    afterEach(() => {
      process.env.HOME = HOME;
    });

    /** What comes of it for whoever has met these machines. */
    const metBefore = <T>(text: string, work: (privateKey: string) => T): Promise<T> =>
      withTemporaryFolder(async (folder) => {
        process.env.HOME = folder;
        await mkdir(join(folder, '.ssh'));
        await writeFile(join(folder, '.ssh/known_hosts'), text);
        const privateKey = join(folder, 'key');
        await writeFile(privateKey, 'a key');
        return work(privateKey);
      });

    it('believes the one that its owner has met, through a bastion too', async () => {
      const text = `192.0.2.1 ${hostKey}\n[jump.example]:2222 ${bastionKey}\n`;
      const hosts = await metBefore(text, (privateKey) => {
        const jump = { host: 'jump.example', port: 2222, user: 'me', privateKey };
        const web = { address: '192.0.2.1', privateKey, bastion: jump };
        const other = { ...web, address: '192.0.2.2', hostKey };
        return hostsFrom({ web, zookeeper1: { ...other, bastion: { ...jump, hostKey } } });
      });
      const keys = hosts.map(({ connection: { hostKey, proxy } }) => [hostKey, proxy?.hostKey]);
      expect(keys).to.deep.equal([
        [hostKey, bastionKey],
        [hostKey, hostKey],
      ]);
      expect(hosts[0]?.connection.proxy).to.include({ host: 'jump.example', port: 2222 });
      expect(hosts[0]?.bastionKeyPath).to.equal(hosts[0]?.privateKeyPath);
    });

    it('says which it has not met, and what to do', async () => {
      const problems = await metBefore('', (privateKey) => {
        const bastion = { host: 'jump.example', user: 'me', privateKey: '/no/such/key' };
        const web = { address: '192.0.2.1', port: 2222, privateKey };
        return problemsOf({ web: { ...web, hostKey, bastion }, zookeeper1: web });
      });
      const missing = (host: string, login: string): string =>
        `is missing, and ${host} is not in ~/.ssh/known_hosts; log in once (ssh -p ${login}) and ` +
        'compare its fingerprint, or give its key';
      expect(problems).to.deep.equal([
        {
          path: 'smartstack:hosts.web.bastion.privateKey',
          message: 'there is no file /no/such/key; name one that is',
        },
        {
          path: 'smartstack:hosts.web.bastion.hostKey',
          message: missing('jump.example', '22 me@jump.example'),
        },
        {
          path: 'smartstack:hosts.zookeeper1.hostKey',
          message: missing('192.0.2.1', '2222 root@192.0.2.1'),
        },
      ]);
    });
  });

  describe('where sudo asks for a password', () => {
    const setting = 'smartstack:sudoPassword';
    const asked = (privateKey: string) => ({
      ...{ address: '192.0.2.1', user: 'admin', sudo: 'password', privateKey, hostKey },
    });

    it('keeps it on the host, as a secret, before anything is done there', async () => {
      let hosts: readonly TargetHost[] = [];
      const resources = await withTemporaryFolder((folder) =>
        recordResources(async () => {
          const privateKey = join(folder, 'key');
          await writeFile(privateKey, 'a key');
          runtime.setConfig(setting, `it's "secret"`);
          const silent = { ...asked(privateKey), address: '192.0.2.2', sudo: 'silent' };
          hosts = hostsFrom({ web: asked(privateKey), zookeeper1: silent });
        }),
      );
      expect([...resources.keys()].filter((name) => name.includes('/'))).to.deep.equal([
        'web/sudo',
      ]);
      expect(hosts.map(({ ready = [] }) => ready.length)).to.deep.equal([1, 0]);
      const { stdin, create } = resources.get('web/sudo')?.inputs ?? {};
      expect(stdin).to.deep.equal({
        [runtime.specialSigKey]: runtime.specialSecretSig,
        value: `#!/bin/sh\nprintf '%s\\n' 'it'\\''s "secret"'\n`,
      });
      expect(create).not.to.include('secret"');
    });

    it('misses it once for all', async () => {
      const problems = await withTemporaryFolder(async (folder) => {
        const privateKey = join(folder, 'key');
        await writeFile(privateKey, 'a key');
        runtime.setAllConfig({});
        return problemsOf({ web: asked(privateKey), zookeeper1: asked(privateKey) });
      });
      expect(problems).to.deep.equal([
        {
          path: setting,
          message:
            'is missing, and sudo asks for it; pulumi config set --secret smartstack:sudoPassword',
        },
      ]);
    });
  });

  it('takes no machine for two hosts', async () => {
    await withTemporaryFolder(async (folder) => {
      const privateKey = join(folder, 'key');
      await writeFile(privateKey, 'a key');
      const web = { address: '192.0.2.1', sshHost: 'web.example', privateKey, hostKey };
      const bastion = { host: 'jump.example', privateKey, hostKey };
      const other = { ...web, address: '192.0.2.2' };
      expect(problemsOf({ web, zookeeper1: { ...web, sshHost: 'other.example' } })).to.deep.equal([
        {
          path: 'smartstack:hosts.zookeeper1.address',
          message: 'is that of web, too; give each host a machine of its own',
        },
      ]);
      expect(problemsOf({ web, zookeeper1: other })).to.deep.equal([
        {
          path: 'smartstack:hosts.zookeeper1',
          message: 'is reached by ssh as web is; give each host a machine of its own',
        },
      ]);
      for (const difference of [{ port: 2222 }, { bastion }, { sshHost: 'other.example' }]) {
        expect(hostsFrom({ web, zookeeper1: { ...other, ...difference } })).to.have.length(2);
      }
    });
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

function hostsFrom(list: object): readonly TargetHost[] {
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
