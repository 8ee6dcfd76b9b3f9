import { expect } from 'chai';
import {
  amount,
  count,
  dayAndTime,
  failedByCause,
  figure,
  length,
  since,
} from '../../../integration/report/words.ts';
import { failedDrill, passedDrill } from './sample.ts';

describe('words of the report', () => {
  it('tells lengths', () => {
    expect([0, 99.4, 99.6, 9_994, 9_996, 59_949, 59_950, 3_600_000].map(length)).to.deep.equal([
      ...['0 ms', '99 ms', '0.10 s', '9.99 s', '10.0 s', '59.9 s', '1 min 0 s', '60 min 0 s'],
    ]);
  });

  it('tells counts', () => {
    expect([0, 999, 1_000, 1_234_567].map(count)).to.deep.equal(['0', '999', '1,000', '1,234,567']);
  });

  it('tells amounts with their unit', () => {
    expect(amount(0, 'requests')).to.equal('0 requests');
    expect(amount(13_000, 'ms')).to.equal('13.0 s');
    expect(figure(3.44, 'MB')).to.equal('3.4');
    expect(figure(1_204, 'ms')).to.equal('1.20 s');
  });

  it('tells moments', () => {
    expect(dayAndTime(Date.UTC(2026, 0, 31, 12, 5, 59))).to.equal('2026-01-31 12:05 UTC');
    expect([since(12_345, 0), since(0, 1_000)]).to.deep.equal(['+12.3 s', '−1.0 s']);
  });

  it('tells failed requests by cause', () => {
    expect(failedByCause(passedDrill.traffic)).to.equal('0');
    expect(failedByCause(failedDrill.traffic)).to.equal('2: 1 refused, 1 status <503>');
    const alone = { ...failedDrill.traffic, failed: 1_000, failedByCause: { reset: 1_000 } };
    expect(failedByCause(alone)).to.equal('1,000 reset');
  });
});
