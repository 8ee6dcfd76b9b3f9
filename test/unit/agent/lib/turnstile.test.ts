import { expect } from 'chai';
import { createTurnstile } from '../../../../agent/lib/turnstile.ts';
import { settle } from '../../../support/fake-clock.ts';

describe('createTurnstile', () => {
  const setUp = (perTurn: number) => {
    const turns: (() => void)[] = [];
    const turnstile = createTurnstile(perTurn, (resume) => turns.push(resume));
    const passed: string[] = [];
    const enter = (...names: readonly string[]): void => {
      for (const name of names) void turnstile.pass().then(() => passed.push(name));
    };
    const turn = async (): Promise<void> => {
      turns.shift()?.();
      await settle();
    };
    return { enter, turn, passed, turns };
  };

  it('lets a few pass in each turn, in their order', async () => {
    const { enter, turn, passed, turns } = setUp(2);
    enter('a', 'b', 'c');
    await settle();
    expect(passed).to.deep.equal([]);
    await turn();
    expect(passed).to.deep.equal(['a', 'b']);
    enter('d', 'e');
    await turn();
    expect(passed).to.deep.equal(['a', 'b', 'c', 'd']);
    await turn();
    expect(passed).to.deep.equal(['a', 'b', 'c', 'd', 'e']);
    expect(turns).to.deep.equal([]);
  });

  it('asks for turns again after it was empty', async () => {
    const { enter, turn, passed } = setUp(1);
    enter('a');
    await turn();
    enter('b');
    await turn();
    expect(passed).to.deep.equal(['a', 'b']);
  });

  it('takes real turns of the event loop', async () => {
    let turn = 0;
    let counting = true;
    const count = (): void => {
      turn += 1;
      if (counting) setImmediate(count);
    };
    count();
    const turnstile = createTurnstile(2);
    const passedIn = await Promise.all([1, 2, 3, 4].map(() => turnstile.pass().then(() => turn)));
    counting = false;
    const [first, second, third, fourth] = passedIn;
    expect([second, fourth]).to.deep.equal([first, third]);
    expect(third).to.equal((first ?? 0) + 1);
  });
});
