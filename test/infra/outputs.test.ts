import { output } from '@pulumi/pulumi';
import { expect } from 'chai';
import { toValueMap } from '../../infra/engine/values.ts';
import { hostOutputs, serviceOutputs } from '../../infra/outputs.ts';
import { parseOutputs } from '../../infra/stack-outputs.ts';
import type { TargetHost } from '../../infra/targets/host.ts';
import { tutorialCatalog, tutorialHosts } from '../support/tutorial.ts';

describe('the outputs of a stack', () => {
  const catalog = tutorialCatalog();
  const [zookeeper1 = expect.fail()] = tutorialHosts(catalog);

  /** As the engine keeps them, read again by the commands. */
  async function readBack(host: TargetHost) {
    const hosts = await new Promise<unknown>((resolve) => {
      output(hostOutputs(catalog, [host])).apply(resolve);
    });
    const rest = {
      target: 'aws',
      environment: 'test',
      ensemble: '',
      services: serviceOutputs(catalog),
    };
    const outputs = parseOutputs(toValueMap({ ...rest, hosts }));
    return outputs?.hosts.zookeeper1 ?? expect.fail();
  }

  it('tell how to log in', async () => {
    const { ssh, connection } = await readBack(zookeeper1);
    expect(ssh).to.equal('ssh -i /keys/id_ed25519 -p 22 admin@192.0.2.11');
    expect(connection).to.deep.equal({
      ...{ host: '192.0.2.11', port: 22, user: 'admin', privateKeyPath: '/keys/id_ed25519' },
      hostKey: 'ssh-ed25519 zookeeper1',
    });
  });

  it('tell what machine the target chose, for the next run to know', async () => {
    const proxy = { ...zookeeper1.connection, host: '203.0.113.9' };
    const chosen = { machineType: 't4g.small', bastionArch: 'arm64' as const };
    const connection = { ...zookeeper1.connection, proxy };
    const told = await readBack({ ...zookeeper1, ...chosen, connection });
    expect(told.type).to.equal('t4g.small');
    expect(told.connection.proxy?.arch).to.equal('arm64');
  });

  it('tell the way through a bastion, and no secret', async () => {
    const { host: _, ...login } = zookeeper1.connection;
    const proxy = { ...login, host: output('203.0.113.9'), hostKey: 'ssh-ed25519 bastion' };
    const behind = { ...zookeeper1, connection: { ...zookeeper1.connection, proxy } };
    const { ssh, connection } = await readBack(behind);
    expect(ssh).to.equal(
      "ssh -i /keys/id_ed25519 -o ProxyCommand='ssh -i /keys/id_ed25519 -W %h:%p -p 22 " +
        "admin@203.0.113.9' -p 22 admin@192.0.2.11",
    );
    expect(connection.proxy).to.deep.equal({
      ...{ host: '203.0.113.9', port: 22, user: 'admin', privateKeyPath: '/keys/id_ed25519' },
      hostKey: 'ssh-ed25519 bastion',
    });
    expect(JSON.stringify(connection)).not.to.include('a private key');
  });
});
