import { expect } from 'chai';
import { createBackoff } from '../../../../agent/lib/backoff.ts';

describe('createBackoff', () => {
  const delays = (random: number, count: number): readonly number[] => {
    const backoff = createBackoff({ baseMs: 100, capMs: 2_000, random: () => random });
    return Array.from({ length: count }, () => backoff.nextMs());
  };

  it('doubles up to the cap', () => {
    expect(delays(1, 7)).to.deep.equal([100, 200, 400, 800, 1_600, 2_000, 2_000]);
  });

  it('takes half of that at the least', () => {
    expect(delays(0, 7)).to.deep.equal([50, 100, 200, 400, 800, 1_000, 1_000]);
  });

  it('keeps to the cap from the first, after a reset too', () => {
    const backoff = createBackoff({ baseMs: 100, capMs: 50, random: () => 1 });
    expect([backoff.nextMs(), backoff.nextMs()]).to.deep.equal([50, 50]);
    backoff.reset();
    expect(backoff.nextMs()).to.equal(50);
  });

  it('starts over after a reset', () => {
    const backoff = createBackoff({ baseMs: 100, capMs: 2_000, random: () => 1 });
    backoff.nextMs();
    backoff.nextMs();
    backoff.reset();
    expect(backoff.nextMs()).to.equal(100);
  });
});
