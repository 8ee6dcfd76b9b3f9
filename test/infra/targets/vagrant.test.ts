import { Config } from '@pulumi/pulumi';
import { expect } from 'chai';
import { z } from 'zod';
import type { TargetHost } from '../../../infra/targets/host.ts';
import { machineRequestSchema } from '../../../infra/targets/vagrant/definition.ts';
import { settle } from '../../../infra/targets/vagrant/settings.ts';
import { stackFiles } from '../../../infra/targets/vagrant/stack-files.ts';
import { vagrantHosts } from '../../../infra/targets/vagrant.ts';
import { type RecordedResource, recordResources } from '../../support/pulumi-recorder.ts';
import { withTemporaryFolder } from '../../support/temporary-folder.ts';

describe('vagrantHosts', () => {
  let resources: ReadonlyMap<string, RecordedResource>;
  let hosts: readonly TargetHost[] = [];
  let subnet: string;

  before(async () => {
    await withTemporaryFolder(async (folder) => {
      const files = stackFiles('vagrant', folder);
      ({ subnet } = await settle(files, { provider: 'lxc' }));
      const wanted = [
        { name: 'zookeeper1', id: 11 },
        { name: 'service_a_node_1', id: 21 },
      ];
      resources = await recordResources(async () => {
        hosts = await vagrantHosts(wanted, new Config('smartstack'), files);
      });
    });
  });

  it('knows addresses before there is a machine', () => {
    const addresses = hosts.map(({ name, address, connection }) => [
      name,
      address,
      connection.host,
    ]);
    expect(addresses).to.deep.equal([
      ['zookeeper1', `${subnet}.11`, `${subnet}.11`],
      ['service_a_node_1', `${subnet}.21`, `${subnet}.21`],
    ]);
  });

  it('makes machines after programs, network and box', () => {
    const made = [...resources.keys()].filter((name) => name.includes('/')).sort();
    expect(made).to.deep.equal([
      'service_a_node_1/machine',
      'vagrant/box',
      'vagrant/network',
      'vagrant/prerequisites',
      'zookeeper1/machine',
    ]);
    const { dependsOn } = resources.get('zookeeper1/machine') ?? expect.fail();
    expect(dependsOn).to.deep.equal(['vagrant/network', 'vagrant/box']);
  });

  it('tells a machine all that it needs on its standard input, secrets excepted', () => {
    const { inputs } = resources.get('service_a_node_1/machine') ?? expect.fail();
    const request = machineRequestSchema.parse(JSON.parse(z.string().parse(inputs.stdin)));
    expect(request.address).to.equal(`${subnet}.21`);
    expect(request.publicKey).to.match(/^ssh-ed25519 /);
    expect(inputs.stdin).not.to.include('PRIVATE KEY');
    expect(inputs.delete).to.match(/ machine-destroy vagrant service_a_node_1$/);
  });

  it('takes a machine for another when its address changes, never for a new box', () => {
    const { inputs } = resources.get('zookeeper1/machine') ?? expect.fail();
    expect(inputs.triggers).to.deep.equal([`${subnet}.11`, 'lxc']);
    expect(JSON.stringify(inputs)).not.to.include('golden');
  });
});
