import { expect } from 'chai';
import { mochaCounts } from '../../support/runner/mocha-counts.ts';

describe('mochaCounts', () => {
  it('reads the summary, coloured or not', () => {
    const output = `
  a suite
    1) a list
    ✔ passes

\u001b[32m \u001b[0m\u001b[32m 12 passing\u001b[0m (3s)
\u001b[36m \u001b[0m\u001b[36m 1 pending\u001b[0m
\u001b[31m  2 failing\u001b[0m

\u001b[0m  1) a suite
       with another: one
         a list:
\u001b[0m\u001b[31m     AssertionError: expected this: to be that\u001b[0m
\u001b[90m      at file:1:2\u001b[0m

  2) "before each" hook for "a test":

      - no
      + yes
`;
    expect(mochaCounts(output, 2)).to.deep.equal({
      passed: 12,
      failures: [
        'a suite\n       with another: one\n         a list',
        '"before each" hook for "a test"',
      ],
      skipped: 1,
    });
  });

  it('takes a run without a summary, or with a bad end, for a failure', () => {
    expect(mochaCounts('SyntaxError', 1)).to.deep.equal({
      passed: 0,
      failures: ['mocha itself, with status 1'],
      skipped: 0,
    });
    expect(mochaCounts('  3 passing (1s)\n', 7)).to.deep.equal({
      passed: 3,
      failures: ['mocha itself, with status 7'],
      skipped: 0,
    });
  });
});
