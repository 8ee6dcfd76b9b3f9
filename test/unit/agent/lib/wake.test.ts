import { expect } from 'chai';
import { createWake } from '../../../../agent/lib/wake.ts';
import { createFakeClock, settle } from '../../../support/fake-clock.ts';

describe('createWake', () => {
  const setUp = () => {
    const clock = createFakeClock();
    const abort = new AbortController();
    const wake = createWake();
    const wait = async (): Promise<string> =>
      wake.wait(1_000, clock, abort.signal).then(
        (cause) => `${cause} at ${clock.now()}`,
        () => 'aborted',
      );
    return { clock, abort, wake, wait };
  };

  it('ends a wait at once, or the next one', async () => {
    const { clock, wake, wait } = setUp();
    const waiting = wait();
    await clock.advance(10);
    wake.wake();
    expect(await waiting).to.equal('woken at 10');
    wake.wake();
    wake.wake();
    expect(await wait()).to.equal('woken at 10');
    expect(clock.nextWakeMs()).to.equal(undefined);
  });

  it('forgets calls that were served otherwise', async () => {
    const { clock, wake, wait } = setUp();
    wake.wake();
    wake.forget();
    const waiting = wait();
    await clock.advance(1_000);
    expect(await waiting).to.equal('elapsed at 1000');
  });

  it('lets a wait end by itself', async () => {
    const { clock, wait } = setUp();
    const waiting = wait();
    await clock.advance(1_000);
    expect(await waiting).to.equal('elapsed at 1000');
  });

  it('rejects when aborted', async () => {
    const { abort, wait } = setUp();
    const waiting = wait();
    await settle();
    abort.abort();
    expect(await waiting).to.equal('aborted');
    expect(await wait()).to.equal('aborted');
  });
});
