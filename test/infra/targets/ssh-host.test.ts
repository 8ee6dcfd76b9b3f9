import * as pulumi from '@pulumi/pulumi';
import { expect } from 'chai';
import type { Host } from '../../../infra/targets/host.ts';
import { type SshHostArgs, sshHost } from '../../../infra/targets/ssh-host.ts';
import { recordResources } from '../../support/pulumi-recorder.ts';

const args: SshHostArgs = {
  ...{ name: 'web1', address: '192.0.2.1' },
  ...{ privateKey: 'a private key', hostKey: 'ssh-ed25519 web1' },
};

describe('sshHost', () => {
  it('keeps the key secret, and is patient with a machine that is still to be made', async () => {
    const hosts: Host[] = [];
    await recordResources(() => {
      class Machine extends pulumi.ComponentResource {}
      const machine = new Machine('test:index:Machine', 'web1');
      hosts.push(sshHost(args), sshHost({ ...args, machine, user: 'admin', port: 2222 }));
    });
    const [there = expect.fail(), coming = expect.fail()] = hosts;
    const { privateKey, ...login } = there.connection;
    expect(await pulumi.isSecret(pulumi.output(privateKey))).to.equal(true);
    expect(login).to.deep.equal({
      ...{ host: '192.0.2.1', port: 22, user: 'root', hostKey: 'ssh-ed25519 web1' },
      ...{ dialErrorLimit: 5, perDialTimeout: 5 },
    });
    expect(coming.connection).to.include({ user: 'admin', port: 2222, dialErrorLimit: 20 });
    expect(coming.machine).not.to.equal(undefined);
  });

  it('goes through a bastion, and tells sudo its password before all else', async () => {
    const hosts: Host[] = [];
    const resources = await recordResources(() => {
      const bastion = { host: '203.0.113.9', privateKey: 'its key', hostKey: 'ssh-ed25519 b' };
      hosts.push(sshHost({ ...args, sshHost: '10.0.0.1', bastion, sudoPassword: 'word' }));
    });
    const { connection, ready = [] } = hosts[0] ?? expect.fail();
    expect(connection.host).to.equal('10.0.0.1');
    expect(connection.proxy).to.include({ host: '203.0.113.9', user: 'root', port: 22 });
    expect(ready).to.have.length(1);
    expect([...resources.keys()]).to.include('web1/sudo');
  });
});
