import { expect } from 'chai';
import { nearest } from '../../../../integration/harness/laws/logs.ts';

const lines = [10, 20, 30, 40, 50].map((atMs) => ({ atMs }));
const shown = (moments: readonly number[], most: number): readonly number[] =>
  nearest(lines, moments, most).map(({ atMs }) => atMs);

describe('log lines of a report', () => {
  it('are those around what went wrong, in their order', () => {
    expect(shown([41], 2)).to.deep.equal([40, 50]);
    expect(shown([12, 49], 2)).to.deep.equal([10, 50]);
  });

  it('are the first ones where nothing says when it went wrong', () => {
    expect(shown([], 3)).to.deep.equal([10, 20, 30]);
  });

  it('are all where they are few', () => {
    expect(shown([41], 5)).to.deep.equal([10, 20, 30, 40, 50]);
  });
});
