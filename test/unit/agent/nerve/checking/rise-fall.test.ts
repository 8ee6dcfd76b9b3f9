import { expect } from 'chai';
import { createRiseFall } from '../../../../../agent/nerve/checking/rise-fall.ts';

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
});
