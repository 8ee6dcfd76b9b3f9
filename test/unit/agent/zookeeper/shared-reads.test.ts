import { expect } from 'chai';
import type { ZooKeeperSession } from '../../../../agent/zookeeper/session.ts';
import { sessionWith } from '../../../../agent/zookeeper/session-with.ts';
import { sharedReads } from '../../../../agent/zookeeper/shared-reads.ts';
import { settle } from '../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../support/memory-zookeeper.ts';

function sharing(
  operations: Partial<ZooKeeperSession>,
  zookeeper = new MemoryZooKeeper(),
): ZooKeeperSession {
  return sharedReads(() => sessionWith(zookeeper.session(), operations))(['a:1']);
}

describe('sharedReads', () => {
  const asked: { path: string; answer: () => void; change: () => void }[] = [];
  let session: ZooKeeperSession;
  let zookeeper: MemoryZooKeeper;

  beforeEach(() => {
    asked.length = 0;
    const ask = async (path: string, change: () => void = () => undefined) => {
      await new Promise<void>((resolve) => asked.push({ path, change, answer: resolve }));
      return [`${asked.length}`];
    };
    const list = async (path: string, change: () => void) => ({
      children: await ask(path, change),
      hasData: false,
    });
    zookeeper = new MemoryZooKeeper();
    session = sharing({ children: ask, watchChildren: list }, zookeeper);
  });

  it('asks once for those who ask for the same at a time', async () => {
    const all = Promise.all(['/a', '/b', '/a'].map((path) => session.children(path)));
    expect(asked.map(({ path }) => path)).to.deep.equal(['/a', '/b']);
    for (const { answer } of asked) answer();
    await all;
    const again = session.children('/a');
    expect(asked).to.have.length(3);
    asked[2]?.answer();
    expect(await again).to.deep.equal(['3']);
  });

  it('tells all of them of the change that their watch sees', async () => {
    const told: string[] = [];
    const watch = (name: string) => session.watchChildren('/a', () => told.push(name));
    const both = Promise.all([watch('one'), watch('two')]);
    asked[0]?.answer();
    await both;
    expect(told).to.deep.equal([]);
    asked[0]?.change();
    expect(told).to.deep.equal(['one', 'two']);
  });

  it('asks anew for whoever comes after the change', async () => {
    const told: string[] = [];
    const first = session.watchChildren('/a', () => told.push('first'));
    asked[0]?.change();
    const second = session.watchChildren('/a', () => told.push('second'));
    expect(asked).to.have.length(2);
    for (const { answer } of asked) answer();
    await Promise.all([first, second]);
    expect(told).to.deep.equal(['first']);
  });

  describe('a path that stays as it is', () => {
    async function ask(onChange: () => void): Promise<(() => void) | undefined> {
      const answer = session.watchChildren('/a', onChange);
      const question = asked.at(-1);
      question?.answer();
      await answer;
      return question?.change;
    }

    it('has one watch, however often it is asked about', async () => {
      const told: string[] = [];
      const listeners = ['one', 'two'].map((name) => () => void told.push(name));
      const watches = new Set<(() => void) | undefined>();
      for (let round = 0; round < 100; round += 1) {
        for (const listener of listeners) watches.add(await ask(listener));
      }
      expect(asked).to.have.length(200);
      expect(watches.size).to.equal(1);
      for (const change of watches) change?.();
      expect(told).to.deep.equal(['one', 'two']);
      expect([...watches]).to.not.include(await ask(() => undefined));
    });

    it('has another one on another connection', async () => {
      const told: string[] = [];
      const before = await ask(() => told.push('who is gone'));
      zookeeper.disconnect();
      zookeeper.connect();
      const after = await ask(() => told.push('who asks again'));
      expect(after).to.not.equal(before);
      after?.();
      expect(told).to.deep.equal(['who asks again']);
    });
  });

  it('fails for all of them, and then asks anew', async () => {
    let calls = 0;
    const failing = sharing({
      read: async () => {
        calls += 1;
        throw new Error('lost');
      },
    });
    const outcomes = await Promise.allSettled([failing.read('/a'), failing.read('/a')]);
    expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    await settle();
    await failing.read('/a').catch(() => undefined);
    expect(calls).to.equal(2);
  });
});
