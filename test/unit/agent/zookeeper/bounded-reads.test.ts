import { expect } from 'chai';
import { boundedReads } from '../../../../agent/zookeeper/bounded-reads.ts';
import { settle } from '../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../support/memory-zookeeper.ts';

describe('boundedReads', () => {
  it('asks a member for so much at a time, and for all in the end', async () => {
    const registry = new MemoryZooKeeper();
    const session = registry.session();
    const answers: (() => void)[] = [];
    const create = boundedReads(() => ({
      ...session,
      state: session.state,
      children: async (path) => {
        await new Promise<void>((resolve) => answers.push(resolve));
        return [path];
      },
    }));
    const bounded = create(['a:1']);
    const paths = Array.from({ length: 200 }, (_, index) => `/${index}`);
    const all = Promise.all(paths.map((path) => bounded.children(path)));
    let most = 0;
    while (answers.length > 0) {
      most = Math.max(most, answers.length);
      for (const answer of answers.splice(0)) answer();
      await settle();
    }
    expect(await all).to.deep.equal(paths.map((path) => [path]));
    expect(most).to.equal(64);
  });
});
