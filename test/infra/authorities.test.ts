import { expect } from 'chai';
import { authorityProblems } from '../../infra/authorities.ts';

describe('authorityProblems', () => {
  const said = (last: readonly number[], wanted: readonly number[]): readonly string[] =>
    authorityProblems(last, wanted).map(({ path, message }) => `${path}: ${message}`);

  it('has nothing against three steps from one to another, nor against the way back', () => {
    const steps = [[1], [1, 2], [2, 1], [2]];
    for (const [index, step] of steps.entries()) {
      for (const next of [steps[index - 1], step, steps[index + 1]]) {
        if (next !== undefined) expect(said(step, next), `${step} to ${next}`).to.deep.equal([]);
      }
    }
  });

  it('lets nobody sign whom some host does not trust yet', () => {
    const why = 'authorities: 2 is to sign, and not every host trusts it yet';
    expect(said([1], [2])).to.deep.equal([`${why}; run up with [1, 2] before`]);
    expect(said([1], [2, 1])).to.deep.equal([`${why}; run up with [1, 2] before`]);
  });

  it('keeps trusting what hosts show', () => {
    expect(said([1, 2], [2])).to.deep.equal([
      'authorities: 1 has signed what hosts show each other; run up with [2, 1] before',
    ]);
    expect(said([3, 1, 2], [2, 1])).to.deep.equal([
      'authorities: 3 has signed what hosts show each other; run up with [2, 3, 1] before',
    ]);
  });

  it('asks nothing where nothing speaks TLS, or has spoken it', () => {
    expect(said([], [2])).to.deep.equal([]);
    expect(said([1], [])).to.deep.equal([]);
  });
});
