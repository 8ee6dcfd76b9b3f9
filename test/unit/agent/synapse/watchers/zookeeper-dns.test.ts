import { expect } from 'chai';
import type { Instance } from '../../../../../agent/synapse/instance.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../../support/memory-zookeeper.ts';
import { startWatcher, type WatcherBed } from '../../../../support/watcher-bed.ts';

const path = '/services/web';

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
    more: { readonly check_interval?: number } = {},
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
