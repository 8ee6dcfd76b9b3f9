import { expect } from 'chai';
import type { Instance } from '../../../../../agent/synapse/instance.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../../support/memory-zookeeper.ts';
import type { ServiceInput } from '../../../../support/synapse-config.ts';
import { startWatcher, type WatcherBed } from '../../../../support/watcher-bed.ts';

type Multi = Extract<ServiceInput['discovery'], { readonly method: 'multi' }>;

const path = '/services/web';

describe('several watchers as one', () => {
  let clock: FakeClock;
  let first: MemoryZooKeeper;
  let second: MemoryZooKeeper;
  let bed: WatcherBed;

  beforeEach(() => {
    clock = createFakeClock();
    [first, second] = [new MemoryZooKeeper(), new MemoryZooKeeper()];
  });

  afterEach(() => bed.stop());

  const registration = (port: number) => ({ host: '10.0.0.1', port, name: `n${port}` });
  /** As an earlier life knew it: of the node that is registered first. */
  const known = (port: number, sequence = 0): Instance => {
    return { ...registration(port), sequence, labels: {} };
  };
  const start = (resolver: Multi['resolver'], ...before: readonly Instance[]): void => {
    const at = (host: string) => ({ method: 'zookeeper' as const, path, hosts: host });
    const watchers = { primary: at('a:2181'), secondary: at('b:2181') };
    bed = startWatcher(
      { discovery: { method: 'multi', watchers, resolver } },
      {
        clock,
        before,
        session: (hosts) => (hosts.includes('a:2181') ? first : second).session(),
      },
    );
  };
  const told = (): readonly (number | undefined)[] =>
    bed.found.flatMap(({ departed }) => departed.map(({ instance: { port } }) => port));
  const ports = (): readonly number[] => bed.last().instances.map(({ port }) => port);

  for (const resolver of [
    { method: 'union' as const },
    { method: 'fallback' as const },
    { method: 'sequential' as const, sequential_order: ['secondary', 'primary'] },
  ]) {
    it(`tells who said before it that he leaves (${resolver.method})`, async () => {
      first.depart(path, first.register(path, registration(1)), 'drained');
      first.connect();
      second.connect();
      start(resolver, known(1));
      await clock.advance(5_000);
      expect(bed.last().instances).to.deep.equal([]);
      expect(told()).to.deep.equal([1]);
    });
  }

  it('believes nobody gone who may be there in a registry that is silent (law 2)', async () => {
    first.depart(path, first.register(path, registration(1)), 'drained');
    first.register(path, registration(2));
    second.register(path, registration(1));
    first.connect();
    start({ method: 'union' }, known(1), known(2));
    await clock.advance(1_000);
    expect([ports(), told()]).to.deep.equal([[2, 1], []]);
    second.connect();
    await clock.advance(1_000);
    expect([ports(), told()]).to.deep.equal([[2, 1], []]);
  });

  it('takes the settings of the first that has any (union)', async () => {
    const settings = (order: string) => JSON.stringify({ haproxy: { backend_order: order } });
    const last = (): unknown => bed.settings.at(-1);
    second.setData(path, settings('desc'));
    first.connect();
    second.connect();
    start({ method: 'union' });
    await clock.advance(1_000);
    expect(last()).to.deep.equal({ haproxy: { backend_order: 'desc' } });
    first.setData(path, settings('asc'));
    await clock.advance(1_000);
    expect(last()).to.deep.equal({ haproxy: { backend_order: 'asc' } });
    first.setData(path, '{}');
    await clock.advance(1_000);
    expect(last()).to.deep.equal({ haproxy: { backend_order: 'desc' } });
  });

  it('says when it chose another: whom that one does not have is not lost', async () => {
    first.register(path, registration(1));
    const node = second.register(path, registration(2));
    first.connect();
    second.connect();
    start({ method: 'sequential', sequential_order: ['secondary', 'primary'], patience: 1 });
    await clock.advance(5_000);
    second.remove(path, node);
    await clock.advance(5_000);
    first.register(path, registration(3));
    await clock.advance(5_000);
    const seen = bed.found.map(({ instances, switched = false }) => [instances.length, switched]);
    expect(seen).to.deep.equal([
      [1, false],
      [1, true],
      [2, false],
    ]);
  });

  it('tells at once who leaves a registry that had him, whatever of the other', async () => {
    const node = first.register(path, registration(1));
    first.connect();
    start({ method: 'union' }, known(1));
    await clock.advance(1_000);
    expect(ports()).to.deep.equal([1]);
    first.depart(path, node, 'stopped');
    await clock.advance(1_000);
    expect([ports(), told()]).to.deep.equal([[], [1]]);
  });
});
