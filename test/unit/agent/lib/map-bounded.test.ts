import { expect } from 'chai';
import { mapBounded } from '../../../../agent/lib/map-bounded.ts';

describe('mapBounded', () => {
  it('keeps the order and never exceeds its limit', async () => {
    let inFlight = 0;
    let most = 0;
    const results = await mapBounded([5, 1, 4, 2, 3], 2, async (item) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise((resolve) => setTimeout(resolve, item));
      inFlight -= 1;
      return item * 10;
    });
    expect(results).to.deep.equal([50, 10, 40, 20, 30]);
    expect(most).to.equal(2);
  });

  it('rejects with the first fault', async () => {
    const work = async (item: number): Promise<number> => {
      if (item === 2) throw new Error('two');
      return item;
    };
    const error = await mapBounded([1, 2, 3], 2, work).catch((reason: unknown) => reason);
    expect(String(error)).to.equal('Error: two');
  });
});
