import { expect } from 'chai';
import { createBounded } from '../../../../agent/lib/bounded.ts';
import { settle } from '../../../support/fake-clock.ts';

describe('createBounded', () => {
  const setUp = (limit: number) => {
    const bounded = createBounded(limit);
    const begun: string[] = [];
    const ends = new Map<string, (fails: boolean) => void>();
    const start = (name: string): Promise<string> =>
      bounded(async () => {
        begun.push(name);
        const fails = await new Promise<boolean>((resolve) => ends.set(name, resolve));
        if (fails) throw new Error(name);
        return name;
      });
    const end = async (name: string, fails = false): Promise<void> => {
      ends.get(name)?.(fails);
      await settle();
    };
    return { begun, start, end };
  };

  it('begins what there is room for at once, and the rest in order as others end', async () => {
    const { begun, start, end } = setUp(2);
    const all = Promise.all(['a', 'b', 'c', 'd'].map(start));
    expect(begun).to.deep.equal(['a', 'b']);
    await end('b');
    expect(begun).to.deep.equal(['a', 'b', 'c']);
    await end('a');
    await end('c');
    await end('d');
    expect(await all).to.deep.equal(['a', 'b', 'c', 'd']);
  });

  it('gives the place of work that fails to the next', async () => {
    const { begun, start, end } = setUp(1);
    const first = start('a').catch((error: unknown) => String(error));
    void start('b');
    await end('a', true);
    expect(await first).to.equal('Error: a');
    expect(begun).to.deep.equal(['a', 'b']);
    await end('b');
    void start('c');
    expect(begun).to.deep.equal(['a', 'b', 'c']);
  });
});
