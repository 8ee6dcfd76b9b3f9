import { join } from 'node:path';
import { expect } from 'chai';
import {
  defineMachine,
  loadDefinition,
  loadDefinitions,
  type MachineRequest,
  removeDefinition,
  saveDefinition,
} from '../../../../infra/targets/vagrant/definition.ts';
import { stackFiles } from '../../../../infra/targets/vagrant/stack-files.ts';
import { withTemporaryFolder } from '../../../support/temporary-folder.ts';

const request: MachineRequest = {
  name: 'service_a_node_1',
  provider: 'lxc',
  address: '10.93.0.21',
  gateway: '10.93.0.254',
  bridge: 'sstackabc123',
  hardwareAddress: '00:16:3e:01:02:03',
  containerName: 'smartstack-abc123-service_a_node_1',
  memoryMb: 512,
  privateKeyPath: '/keys/id_ed25519',
  publicKey: 'ssh-ed25519 AAAA smartstack',
};

describe('machine definition', () => {
  const context = { stack: 'vagrant', box: 'golden', nameServers: ['192.0.2.1', '192.0.2.2'] };

  it('is what the Vagrantfile reads', () => {
    expect(defineMachine(request, context)).to.deep.equal({
      name: 'service_a_node_1',
      vagrantName: 'service_a_node_1',
      provider: 'lxc',
      box: 'golden',
      address: '10.93.0.21',
      prefixLength: 24,
      gateway: '10.93.0.254',
      bridge: 'sstackabc123',
      hardwareAddress: '00:16:3e:01:02:03',
      containerName: 'smartstack-abc123-service_a_node_1',
      memoryMb: 512,
      privateKeyPath: '/keys/id_ed25519',
      seed: {
        HOST_NAME: 'service-a-node-1',
        ADDRESS: '10.93.0.21',
        AUTHORIZED_KEY: 'ssh-ed25519 AAAA smartstack',
        NAME_SERVERS: '192.0.2.1 192.0.2.2',
      },
    });
  });

  it('tells the machines of another stack apart', () => {
    const other = defineMachine(request, { ...context, stack: 'try' });
    expect(other.vagrantName).to.equal('try.service_a_node_1');
  });

  it('stays on disk until the machine is destroyed', async () => {
    await withTemporaryFolder(async (folder) => {
      const files = stackFiles('vagrant', folder);
      const machine = defineMachine(request, context);
      expect(await loadDefinitions(files)).to.deep.equal([]);
      await saveDefinition(files, machine);
      expect(files.machines).to.equal(join(folder, 'vagrant/machines'));
      expect(await loadDefinition(files, 'service_a_node_1')).to.deep.equal(machine);
      expect(await loadDefinitions(files)).to.deep.equal([machine]);
      await removeDefinition(files, 'service_a_node_1');
      expect(await loadDefinition(files, 'service_a_node_1')).to.equal(undefined);
    });
  });
});
