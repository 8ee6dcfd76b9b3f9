import { expect } from 'chai';
import type { Instance } from '../../../../../agent/synapse/instance.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../../support/memory-zookeeper.ts';
import { startUdpServer } from '../../../../support/udp-server.ts';
import { startWatcher, type WatcherBed } from '../../../../support/watcher-bed.ts';

const path = '/services/web';
/** A question to a name server that is silent ends by then. */
const questionMs = 8_000;

describe('names from ZooKeeper', () => {
  let clock: FakeClock;
  let zookeeper: MemoryZooKeeper;
  let bed: WatcherBed;

  beforeEach(() => {
    clock = createFakeClock();
    zookeeper = new MemoryZooKeeper();
    zookeeper.connect();
  });

  afterEach(() => bed.stop());

  /** Of the node that is registered first, as an earlier life resolved it. */
  const known: Instance = { host: '10.0.0.1', port: 80, name: 'a', sequence: 0, labels: {} };
  const start = async (
    method: 'zookeeper_dns' | 'zookeeper_dns_poll' = 'zookeeper_dns',
    more: { readonly check_interval?: number; readonly nameserver?: string } = {},
  ): Promise<void> => {
    const rest = { path, hosts: 'zk:2181', generator_config_path: 'disabled' };
    const discovery = { method, ...rest, ...more };
    bed = startWatcher(
      { discovery },
      { clock, before: [known], session: () => zookeeper.session() },
    );
    await clock.advance(1_000);
  };
  const told = (): readonly string[] =>
    bed.found.flatMap(({ departed }) => departed.map(({ instance: { host } }) => host));

  it('tells after a restart who said before it that he leaves', async () => {
    const node = zookeeper.register(path, { host: 'a.test', port: 80, name: 'a' });
    zookeeper.depart(path, node, 'drained');
    await start();
    expect(bed.last().instances).to.deep.equal([]);
    expect(told()).to.deep.equal(['10.0.0.1']);
  });

  it('tells then nothing of who is there again at the same address', async () => {
    const node = zookeeper.register(path, { host: 'a.test', port: 80, name: 'a' });
    zookeeper.depart(path, node, 'drained');
    zookeeper.register(path, { host: '10.0.0.1', port: 80, name: 'a' });
    await start();
    expect(bed.last().instances.map(({ host }) => host)).to.deep.equal(['10.0.0.1']);
    expect(told()).to.deep.equal([]);
  });

  it('tells of who leaves while another name is resolved', async () => {
    const silent = await startUdpServer();
    try {
      const [leaving] = ['10.0.0.1', '10.0.0.2', 'b.test'].map((host, port) =>
        zookeeper.register(path, { host, port: 80 + port, name: 'a' }),
      );
      await start('zookeeper_dns', { nameserver: `127.0.0.1:${silent.port}` });
      expect(bed.found).to.deep.equal([]);
      zookeeper.depart(path, leaving ?? '', 'drained');
      await clock.advance(questionMs);
      expect(bed.servers()).to.deep.equal(['a_10.0.0.1:80', 'a_10.0.0.2:81']);
      await clock.advance(questionMs);
      expect(bed.servers()).to.deep.equal(['a_10.0.0.2:81']);
      expect(told()).to.deep.equal(['10.0.0.1']);
    } finally {
      await silent.close();
    }
  });

  for (const method of ['zookeeper_dns', 'zookeeper_dns_poll'] as const) {
    it(`are resolved again after check_interval (${method})`, async () => {
      zookeeper.register(path, { host: '10.0.0.1', port: 80, name: 'a' });
      await start(method, { check_interval: 7 });
      expect(clock.nextWakeMs()).to.equal(6_000);
      await clock.advance(6_000);
      expect(clock.nextWakeMs()).to.equal(7_000);
    });
  }
});
