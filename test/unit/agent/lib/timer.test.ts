import { expect } from 'chai';
import { startTimer } from '../../../../agent/lib/timer.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

describe('startTimer', () => {
  it('calls once a period after a random phase, until it is aborted', async () => {
    const clock = createFakeClock();
    const stop = new AbortController();
    const calls: number[] = [];
    const options = { periodMs: 1_000, clock, random: () => 0.3, signal: stop.signal };
    startTimer(options, () => calls.push(clock.now()));
    await clock.advance(2_500);
    expect(calls).to.deep.equal([300, 1_300, 2_300]);
    stop.abort();
    await clock.advance(5_000);
    expect(calls).to.have.length(3);
    expect(clock.nextWakeMs()).to.equal(undefined);
  });
});
