import { expect } from 'chai';
import fc from 'fast-check';
import {
  type Answer,
  emptyGuard,
  expiredPlaces,
  followAnswer,
  type GuardState,
  letGo,
  placeOf,
} from '../../../../../agent/synapse/guard/guard.ts';
import type { Instance } from '../../../../../agent/synapse/instance.ts';

const half = { share: 0.5, hold_seconds: 300 };

function fleet(...ports: readonly number[]): readonly Instance[] {
  return ports.map((port) => ({ host: '10.0.0.1', port, name: `n${port}`, labels: {} }));
}

/** Answers one after the other, each with the seconds at which it came. */
function follow(
  first: readonly number[],
  ...answers: readonly { at: number; now: readonly number[]; left?: readonly number[] }[]
): GuardState {
  let state = emptyGuard;
  let before = fleet(...first);
  for (const { at, now, left = [] } of answers) {
    const answer: Answer = { before, now: fleet(...now), left: fleet(...left) };
    state = followAnswer(state, half, answer, { nowMs: at * 1_000, wallMs: at * 1_000 });
    if (now.length > 0) before = fleet(...now);
  }
  return state;
}

function held({ held: all }: GuardState): readonly number[] {
  return all.map(({ instance }) => instance.port).sort((a, b) => a - b);
}

describe('the fleet guard', () => {
  it('holds more than half of a fleet that vanishes in one answer', () => {
    expect(held(follow([1, 2, 3], { at: 1, now: [1] }))).to.deep.equal([2, 3]);
  });

  it('lets half of it go', () => {
    expect(held(follow([1, 2, 3, 4], { at: 1, now: [1, 2] }))).to.deep.equal([]);
  });

  it('compares with the count before the first of those who vanish one after the other', () => {
    const state = follow(
      [1, 2, 3, 4, 5],
      { at: 1, now: [2, 3, 4, 5] },
      { at: 9, now: [3, 4, 5] },
      { at: 17, now: [4, 5] },
    );
    expect(held(state)).to.deep.equal([1, 2, 3]);
  });

  it('does not add up what vanishes slowly', () => {
    const state = follow(
      [1, 2, 3, 4, 5],
      { at: 1, now: [2, 3, 4, 5] },
      { at: 22, now: [3, 4, 5] },
      { at: 43, now: [4, 5] },
    );
    expect(held(state)).to.deep.equal([]);
  });

  it('holds nobody who said that he leaves, nor counts him as one who should be there', () => {
    expect(held(follow([1, 2, 3, 4], { at: 1, now: [1], left: [2, 3, 4] }))).to.eql([]);
    // Two of the three who said nothing are gone.
    expect(held(follow([1, 2, 3, 4], { at: 1, now: [1], left: [2] }))).to.eql([3, 4]);
  });

  it('lets go of those who are back, and of those who say later that they leave', () => {
    const state = follow([1, 2, 3, 4], { at: 1, now: [1] }, { at: 30, now: [1, 2], left: [3] });
    expect(held(state)).to.deep.equal([4]);
  });

  it('takes newcomers for replacements', () => {
    expect(held(follow([1, 2, 3], { at: 1, now: [7, 8, 9] }))).to.deep.equal([]);
    expect(held(follow([1, 2, 3], { at: 1, now: [7] }))).to.deep.equal([1, 2, 3]);
  });

  it('holds each for its own time, which further answers do not prolong', () => {
    const state = follow([1, 2, 3, 4], { at: 1, now: [1] }, { at: 200, now: [1] });
    expect(state.held[0]).to.include({ sinceMs: 1_000, untilMs: 301_000 });
    expect([...expiredPlaces(state, 300_999)]).to.deep.equal([]);
    expect([...expiredPlaces(state, 301_000)]).to.have.length(3);
  });

  it('does not take hold again of whom it has let go', () => {
    const state = follow([1, 2, 3, 4], { at: 1, now: [1, 2] }, { at: 2, now: [1] });
    const released = letGo(state, new Set(fleet(3).map(placeOf)));
    expect(held(released)).to.deep.equal([2, 4]);
    const answer: Answer = { before: fleet(1), now: fleet(1), left: [] };
    const later = followAnswer(released, half, answer, { nowMs: 3_000, wallMs: 3_000 });
    expect(held(later)).to.deep.equal([2, 4]);
  });

  const port = fc.integer({ min: 1, max: 8 });
  const answers = fc.array(
    fc.record({
      afterMs: fc.integer({ min: 0, max: 15_000 }),
      now: fc.uniqueArray(port),
      said: fc.uniqueArray(port),
    }),
    { maxLength: 12 },
  );

  it('never holds who is there or who said that he leaves, nor anybody without a great loss', () => {
    fc.assert(
      fc.property(answers, fc.constantFrom(0, 0.3, 0.5, 0.9, 1), (sequence, share) => {
        let state = emptyGuard;
        let before: readonly Instance[] = [];
        let atMs = 0;
        for (const { afterMs, now, said } of sequence) {
          atMs += afterMs;
          const present = fleet(...now);
          const left = before.filter((one) => said.includes(one.port) && !now.includes(one.port));
          const answer: Answer = { before, now: present, left };
          const options = { share, hold_seconds: 60 };
          const already = new Set(held(state));
          state = followAnswer(state, options, answer, { nowMs: atMs, wallMs: atMs });
          const places = held(state);
          expect(new Set(places).size).to.equal(places.length);
          for (const one of places) expect(now).not.to.include(one);
          for (const { port: one } of left) expect(places).not.to.include(one);
          const added = places.filter((one) => !already.has(one));
          if (share === 1) expect(added).to.deep.equal([]);
          for (const one of state.held) expect(one.untilMs - one.sinceMs).to.equal(60_000);
          before = present;
        }
      }),
    );
  });

  it('holds everybody who is missing without a word when too many are, in one answer', () => {
    const two = fc.tuple(
      fc.uniqueArray(port, { minLength: 1 }),
      fc.uniqueArray(port),
      fc.uniqueArray(port),
    );
    fc.assert(
      fc.property(two, ([before, stay, say]) => {
        const now = before.filter((one) => stay.includes(one));
        const gone = before.filter((one) => !stay.includes(one));
        const left = gone.filter((one) => say.includes(one));
        const silent = gone.filter((one) => !say.includes(one));
        const isTooMany = silent.length > (before.length - left.length) / 2;
        const expected = isTooMany ? silent.toSorted((a, b) => a - b) : [];
        expect(held(follow(before, { at: 1, now, left }))).to.deep.equal(expected);
      }),
    );
  });
});
