import { expect } from 'chai';
import { longestDelayMs, Pacer } from '../../../../integration/traffic/generator/pacer.ts';

describe('Pacer', () => {
  it('gives each flow its rate, spread over the period', () => {
    const pacer = new Pacer([10, 5], 1_000);
    expect(pacer.take(1_250)).to.deep.equal({
      due: [
        { flow: 0, dueMs: 1_000 },
        { flow: 0, dueMs: 1_100 },
        { flow: 1, dueMs: 1_100 },
        { flow: 0, dueMs: 1_200 },
      ],
      missed: 0,
    });
    expect(pacer.nextMs).to.equal(1_300);
  });

  it('gives nothing twice, and nothing early', () => {
    const pacer = new Pacer([10], 0);
    expect(pacer.take(0).due).to.deep.equal([{ flow: 0, dueMs: 0 }]);
    expect(pacer.take(99.9)).to.deep.equal({ due: [], missed: 0 });
    expect(pacer.take(100).due).to.deep.equal([{ flow: 0, dueMs: 100 }]);
  });

  it('keeps its rate over hours', () => {
    const pacer = new Pacer([3], 0);
    let count = 0;
    for (let nowMs = 0; nowMs < 3_600_000; nowMs += 1_000) count += pacer.take(nowMs).due.length;
    expect(count).to.equal(3 * 3_599 + 1);
  });

  it('counts what it is too late for instead of sending a burst', () => {
    const pacer = new Pacer([1], 0);
    expect(pacer.take(10_000 + longestDelayMs)).to.deep.equal({
      due: [
        { flow: 0, dueMs: 10_000 },
        { flow: 0, dueMs: 11_000 },
        { flow: 0, dueMs: 12_000 },
      ],
      missed: 10,
    });
  });
});
