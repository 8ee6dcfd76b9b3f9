import { expect } from 'chai';
import { Agenda } from '../../../../agent/synapse/agenda.ts';

/** What is due, with its names in order. */
function take(agenda: Agenda, nowMs: number): 'all' | readonly string[] {
  const scope = agenda.take(nowMs);
  return scope === 'all' ? scope : [...scope].sort();
}

describe('Agenda', () => {
  let agenda: Agenda;

  beforeEach(() => {
    agenda = new Agenda();
    agenda.take(0);
  });

  it('begins with everything, and comes back to it', () => {
    const fresh = new Agenda();
    expect([fresh.idleMs(5), take(fresh, 5)]).to.deep.equal([0, 'all']);
    expect([fresh.idleMs(5), take(fresh, 20_004), take(fresh, 20_005)]).to.deep.equal([
      20_000,
      [],
      'all',
    ]);
  });

  it('hands out what was asked for, once', () => {
    agenda.ask(new Set(['a']));
    agenda.ask(new Set(['b', 'a']));
    expect([take(agenda, 1), take(agenda, 2)]).to.deep.equal([['a', 'b'], []]);
    agenda.ask(new Set(['a']));
    agenda.ask('all');
    expect([take(agenda, 3), take(agenda, 4)]).to.deep.equal(['all', []]);
  });

  it('puts off its look at everything when it had one', () => {
    agenda.ask('all');
    agenda.take(9_000);
    expect(agenda.idleMs(9_000)).to.equal(20_000);
  });

  it('comes back to what is unfinished when its time has come', () => {
    agenda.again(new Set(['a']), 50);
    expect([agenda.idleMs(20), take(agenda, 49), take(agenda, 50), take(agenda, 51)]).to.eql([
      30,
      [],
      ['a'],
      [],
    ]);
  });

  it('keeps what is unfinished apart from what was asked for meanwhile', () => {
    agenda.again(new Set(['a']), 50);
    agenda.again(new Set(['b']), 70);
    agenda.ask(new Set(['c']));
    expect([take(agenda, 10), agenda.idleMs(10), take(agenda, 50)]).to.eql([['c'], 40, ['a', 'b']]);
  });

  it('forgets what is unfinished where somebody looks anyway', () => {
    agenda.again(new Set(['a']), 50);
    agenda.ask(new Set(['a', 'b']));
    expect([take(agenda, 10), take(agenda, 50)]).to.deep.equal([['a', 'b'], []]);
  });
});
