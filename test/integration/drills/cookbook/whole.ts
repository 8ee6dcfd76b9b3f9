/** What airbnb/smartstack-cookbook's tests say of an environment where nothing is broken. */
import { expect } from 'chai';
import type { Drill, Stage } from '../../harness/drill.ts';
import { serviceOf } from '../../harness/inventory.ts';
import { nodesOf } from '../../harness/moments.ts';
import { readData } from '../../support/registry.ts';
import { narrow, workers } from '../catalog/services.ts';

const checks: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'starts nerve, synapse, the services and ZooKeeper': async ({ inventory }) => {
    const { members, serviceHosts, outputs, hosts } = inventory;
    const active = (host: string, units: readonly string[]): Promise<string> =>
      hosts.run(host, `systemctl is-active ${units.join(' ')}`);
    for (const member of members) await active(member, ['zookeeper']);
    for (const host of serviceHosts) {
      const own = Object.entries(outputs.services).filter(([, { on }]) => on.includes(host));
      await active(host, ['nerve', 'synapse', 'haproxy', ...own.map(([name]) => name)]);
    }
  },
  'has the services in the configuration of nerve and synapse': async ({ inventory }) => {
    const { on, consumers, port, localPort } = serviceOf(inventory.outputs, workers);
    for (const host of on) {
      const file = JSON.parse(
        await inventory.hosts.run(host, `cat /etc/smartstack/nerve.d/${workers}.json`),
      );
      expect(file).to.deep.include({ host: inventory.hosts.address(host), port });
    }
    for (const host of consumers) {
      const file = JSON.parse(
        await inventory.hosts.run(host, 'cat /etc/smartstack/synapse.conf.json'),
      );
      expect(file.services[workers].haproxy.port).to.equal(localPort);
    }
  },
  'responds to /health and /ping on its own port': async ({ inventory }) => {
    const { on, port } = serviceOf(inventory.outputs, workers);
    for (const host of on) {
      for (const page of ['health', 'ping']) {
        await inventory.hosts.get(host, `http://127.0.0.1:${port}/${page}`);
      }
    }
  },
  'is properly registered in ZooKeeper': async (stage) => {
    const { inventory } = stage;
    const [member = ''] = inventory.members;
    const { on, port, zkPath } = serviceOf(inventory.outputs, workers);
    for (const host of on) {
      const [node = '', ...more] = nodesOf(stage, workers, host);
      expect(more, 'more than one node').to.deep.equal([]);
      const registration = JSON.parse(await readData(inventory.hosts, member, `${zkPath}/${node}`));
      expect(registration).to.include({ host: inventory.hosts.address(host), port, name: host });
    }
  },
  'is available through synapse, on the loopback alone': async ({ inventory }) => {
    const { consumers, localPort } = serviceOf(inventory.outputs, workers);
    for (const host of consumers) {
      await inventory.hosts.get(host, `http://127.0.0.1:${localPort}/health`);
      const outside = `(exec 3<> /dev/tcp/${inventory.hosts.address(host)}/${localPort})`;
      const refused = await inventory.hosts.run(host, `${outside} 2>&1 && echo open || true`);
      expect(refused, host).to.include('refused');
    }
  },
  'generates the right frontend and backend': async ({ inventory }) => {
    const { consumers, localPort, on, port } = serviceOf(inventory.outputs, narrow);
    for (const host of consumers) {
      const file = await inventory.hosts.run(host, 'cat /var/lib/smartstack/haproxy/haproxy.cfg');
      expect(file).to.include(`frontend ${narrow}`).and.to.include(`backend ${narrow}`);
      expect(file).to.include(`bind 127.0.0.1:${localPort}`);
      expect(file).to.include(`default_backend ${narrow}`);
      for (const one of on) expect(file).to.include(` ${inventory.hosts.address(one)}:${port} `);
    }
  },
};

export const wholeEnvironment: Drill = {
  title: 'a whole environment, as its tests see it',
  set: 'cookbook',
  about: 'Daemons run, configuration is right, services answer, and are found on the loopback.',
  quick: true,
  play: async (stage) => {
    for (const [title, check] of Object.entries(checks)) {
      await stage.until(title, () => check(stage), 15_000);
      stage.note(title);
    }
  },
};
