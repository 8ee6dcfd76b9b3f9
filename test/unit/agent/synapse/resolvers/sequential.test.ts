import { expect } from 'chai';
import type { Child } from '../../../../../agent/synapse/resolvers/resolver.ts';
import { createSequential } from '../../../../../agent/synapse/resolvers/sequential.ts';
import { createFakeClock, type FakeClock } from '../../../../support/fake-clock.ts';

type Answer = 'none' | 'empty' | 'some';

describe('the sequential resolver', () => {
  let clock: FakeClock;
  let choose: (...children: readonly Child[]) => readonly string[];

  beforeEach(async () => {
    clock = createFakeClock();
    const resolver = createSequential({ order: ['a', 'b'], patienceMs: 10_000, clock });
    choose = (...children) => resolver.choose(children).map(({ name }) => name);
  });

  function child(name: string, answer: Answer, watching = true): Child {
    const instance = { host: '10.0.0.1', port: 80, labels: {} };
    const instances = answer === 'some' ? [instance] : [];
    const found = answer === 'none' ? undefined : { instances, rejected: [], departed: [] };
    return { name, watching, found, settings: undefined };
  }

  it('takes the first that found something', () => {
    expect(choose(child('b', 'some'), child('a', 'some'))).to.deep.equal(['a']);
    expect(choose(child('b', 'some'), child('a', 'empty'))).to.deep.equal(['b']);
    expect(choose(child('b', 'some'), child('a', 'some'))).to.deep.equal(['a']);
    expect(choose(child('b', 'empty'), child('a', 'empty'))).to.deep.equal(['a']);
  });

  it('waits a little at the start for those who come first', async () => {
    expect(choose(child('a', 'none', false), child('b', 'some'))).to.deep.equal([]);
    await clock.advance(2_000);
    expect(choose(child('a', 'none', false), child('b', 'some'))).to.deep.equal(['b']);
    expect(choose(child('a', 'some'), child('b', 'some'))).to.deep.equal(['a']);
  });

  it('is patient with one that cannot be reached for a moment', async () => {
    expect(choose(child('a', 'some'), child('b', 'some'))).to.deep.equal(['a']);
    await clock.advance(10_000);
    expect(choose(child('a', 'some', false), child('b', 'some'))).to.deep.equal(['a']);
    await clock.advance(1);
    expect(choose(child('a', 'some', false), child('b', 'some'))).to.deep.equal(['b']);
    expect(choose(child('a', 'some', true), child('b', 'some'))).to.deep.equal(['a']);
  });

  it('keeps whose turn it is where none can be reached (law 2)', async () => {
    expect(choose(child('a', 'empty'), child('b', 'some'))).to.deep.equal(['b']);
    await clock.advance(20_000);
    expect(choose(child('a', 'empty', false), child('b', 'some', false))).to.deep.equal(['b']);
    expect(choose(child('a', 'some', false), child('b', 'some', false))).to.deep.equal(['b']);
    expect(choose(child('a', 'empty', true), child('b', 'some', false))).to.deep.equal(['b']);
    expect(choose(child('a', 'empty', true), child('b', 'empty', true))).to.deep.equal(['a']);
  });

  it('has nothing to say while nobody has answered', async () => {
    await clock.advance(60_000);
    expect(choose(child('a', 'none', false), child('b', 'none', false))).to.deep.equal([]);
  });
});
