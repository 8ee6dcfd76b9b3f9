import { expect } from 'chai';
import { mochaCounts } from '../../support/runner/counts.ts';

describe('mochaCounts', () => {
  it('reads the summary, coloured or not', () => {
    const output =
      '\n\u001b[32m \u001b[0m\u001b[32m 12 passing\u001b[0m (3s)\n  1 pending\n  2 failing\n';
    expect(mochaCounts(output, 2)).to.deep.equal({ passed: 12, failed: 2, skipped: 1 });
  });

  it('takes a run without a summary, or with a bad end, for a failure', () => {
    expect(mochaCounts('SyntaxError', 1)).to.deep.equal({ passed: 0, failed: 1, skipped: 0 });
    expect(mochaCounts('  3 passing (1s)\n', 7)).to.deep.equal({
      passed: 3,
      failed: 1,
      skipped: 0,
    });
  });
});
