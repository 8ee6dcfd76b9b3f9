import { expect } from 'chai';
import { DeadlineError, withDeadline } from '../../../../agent/lib/deadline.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

describe('withDeadline', () => {
  const never = (): Promise<never> => new Promise(() => undefined);
  const reasonOf = (promise: Promise<unknown>): Promise<unknown> =>
    promise.then(
      () => 'resolved',
      (reason: unknown) => reason,
    );

  it('passes on what comes in time and leaves no timer', async () => {
    const clock = createFakeClock();
    expect(await withDeadline(Promise.resolve(7), { ms: 100, clock })).to.equal(7);
    const fault = new Error('fault');
    expect(await reasonOf(withDeadline(Promise.reject(fault), { ms: 100, clock }))).to.equal(fault);
    expect(clock.nextWakeMs()).to.equal(undefined);
  });

  it('rejects at the deadline', async () => {
    const clock = createFakeClock();
    const reason = reasonOf(withDeadline(never(), { ms: 100, clock }));
    await clock.advance(100);
    expect(await reason)
      .to.be.instanceOf(DeadlineError)
      .with.property('message', 'no answer within 100 ms');
  });

  it('rejects with the reason of an abort', async () => {
    const clock = createFakeClock();
    const abort = new AbortController();
    const reason = reasonOf(withDeadline(never(), { ms: 100, clock, signal: abort.signal }));
    abort.abort('stop');
    expect(await reason).to.equal('stop');
  });
});
