import { expect } from 'chai';
import { momentsOf, nearestLines } from '../../../integration/report/nearest-lines.ts';
import { failedDrill } from './sample.ts';

describe('lines around what went wrong', () => {
  const lines = [0, 10, 20, 30, 40, 50].map((atMs) => ({ atMs, text: `at ${atMs}` }));
  const times = (moments: readonly number[], most: number): readonly number[] =>
    nearestLines(lines, moments, most).map(({ atMs }) => atMs);

  it('are the nearest, in their order', () => {
    expect(times([31], 3)).to.deep.equal([20, 30, 40]);
    expect(times([2, 48], 4)).to.deep.equal([0, 10, 40, 50]);
  });

  it('are all where there are few, and the last where nothing tells', () => {
    expect(times([31], 6)).to.deep.equal([0, 10, 20, 30, 40, 50]);
    expect(times([], 2)).to.deep.equal([40, 50]);
  });

  it('go by failed requests, else by faults', () => {
    expect(momentsOf(failedDrill)).to.deep.equal([1_001_200]);
    const traffic = { ...failedDrill.traffic, failures: [] };
    expect(momentsOf({ ...failedDrill, traffic })).to.deep.equal([1_001_000, 1_003_000]);
  });
});
