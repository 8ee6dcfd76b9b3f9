import { expect } from 'chai';
import fc from 'fast-check';
import {
  createRiseFall,
  type Health,
  type RiseFallOptions,
} from '../../../../../agent/nerve/checking/rise-fall.ts';

/** The original's algorithm, a ring buffer, as the yardstick (`service_watcher/base.rb`). */
function ringBuffer(rise: number, fall: number): (passed: boolean) => string {
  let buffer: boolean[] | undefined;
  let up: boolean | undefined;
  return (passed) => {
    const size = Math.max(rise, fall);
    buffer ??= Array.from({ length: size }, () => passed);
    up ??= passed;
    buffer = [...buffer, passed].slice(-size);
    if (!buffer.slice(-fall).some(Boolean)) up = false;
    if (buffer.slice(-rise).every(Boolean)) up = true;
    return up ? 'up' : 'down';
  };
}

/** The law, told by what the last results are; quadratic. */
function byTheLaw(
  { rise, fall, wasUp }: RiseFallOptions,
  results: readonly boolean[],
): Health | undefined {
  if (results.length === 0) return undefined;
  const before = byTheLaw({ rise, fall, wasUp: wasUp ?? false }, results.slice(0, -1));
  const lastAre = (passed: boolean, count: number): boolean =>
    results.length >= count && results.slice(-count).every((one) => one === passed);
  if (lastAre(true, rise)) return 'up';
  if (lastAre(false, fall)) return 'down';
  if (before !== undefined) return before;
  if (results.at(-1)) return 'up';
  return wasUp ? undefined : 'down';
}

describe('createRiseFall', () => {
  const run = (rise: number, fall: number, results: string): string => {
    const riseFall = createRiseFall({ rise, fall });
    return [...results].map((one) => (riseFall.push(one === '+') === 'up' ? 'U' : 'D')).join('');
  };

  it('lets the first check decide at once', () => {
    expect(run(3, 2, '+')).to.equal('U');
    expect(run(3, 2, '-')).to.equal('D');
    expect(createRiseFall({ rise: 1, fall: 1 }).health).to.equal(undefined);
  });

  it('needs `fall` failures in a row to go down and `rise` passes to come up', () => {
    expect(run(3, 2, '+-+--++-+++-')).to.equal('UUUUDDDDDDUU');
  });

  it('agrees with the original on every sequence of ten results', () => {
    for (const [rise, fall] of [
      [1, 1],
      [3, 2],
      [2, 3],
      [4, 1],
    ] as const) {
      for (let bits = 0; bits < 1 << 10; bits += 1) {
        const [ours, theirs] = [createRiseFall({ rise, fall }), ringBuffer(rise, fall)];
        for (let index = 0; index < 10; index += 1) {
          const passed = (bits >> index) % 2 === 1;
          expect(ours.push(passed)).to.equal(theirs(passed));
        }
      }
    }
  });

  it('after a restart leaves what was up undecided until a pass or `fall` failures', () => {
    const healths = (results: string): readonly (Health | undefined)[] => {
      const riseFall = createRiseFall({ rise: 2, fall: 3, wasUp: true });
      return [...results].map((one) => riseFall.push(one === '+'));
    };
    expect(healths('+')).to.deep.equal(['up']);
    expect(healths('--+')).to.deep.equal([undefined, undefined, 'up']);
    expect(healths('---++')).to.deep.equal([undefined, undefined, 'down', 'down', 'up']);
  });

  it('is between while the last result contradicts its health', () => {
    const riseFall = createRiseFall({ rise: 2, fall: 2 });
    expect(riseFall.between).to.equal(false);
    const between = [...'+-+--+-++'].map((one) => {
      riseFall.push(one === '+');
      return riseFall.between ? 'b' : '.';
    });
    expect(between.join('')).to.equal('.b.b.b.b.');
    const undecided = createRiseFall({ rise: 2, fall: 2, wasUp: true });
    undecided.push(false);
    expect(undecided.between).to.equal(true);
  });

  it('keeps the law on every sequence of results', () => {
    const counts = fc.integer({ min: 1, max: 5 });
    const results = fc.array(fc.boolean(), { maxLength: 40 });
    fc.assert(
      fc.property(counts, counts, fc.boolean(), results, (rise, fall, wasUp, passes) => {
        const riseFall = createRiseFall({ rise, fall, wasUp });
        for (const [index, passed] of passes.entries()) {
          const health = byTheLaw({ rise, fall, wasUp }, passes.slice(0, index + 1));
          expect(riseFall.push(passed)).to.equal(health);
          expect(riseFall.between).to.equal(health !== (passed ? 'up' : 'down'));
        }
      }),
    );
  });
});
