import { expect } from 'chai';
import { createPace } from '../../../../../agent/nerve/checking/pace.ts';

describe('createPace', () => {
  const gaps = (randoms: readonly number[], between: readonly boolean[], fastIntervalMs = 100) => {
    const rest = [...randoms];
    const pace = createPace({ intervalMs: 1_000, fastIntervalMs, random: () => rest.shift() ?? 0 });
    return between.map((one) => Math.round(pace.next(5, one) - 5));
  };

  it('spreads the second round over the interval, the others by a tenth of it', () => {
    expect(gaps([0.25, 0, 0.5, 0.99], [false, false, false, false])).to.deep.equal([
      750, 1_000, 950, 901,
    ]);
  });

  it('is fast while a check is between, and spreads the first regular round all the same', () => {
    expect(gaps([0, 0.5, 0.5, 0.5], [true, true, false, false])).to.deep.equal([100, 95, 500, 950]);
  });

  it('is never slower for being between', () => {
    expect(gaps([], [true], 5_000)).to.deep.equal([1_000]);
  });
});
