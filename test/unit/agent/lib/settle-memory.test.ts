import { expect } from 'chai';
import { settleMemory } from '../../../../agent/lib/settle-memory.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';

describe('settleMemory', () => {
  it('collects what nobody holds, once things have settled', async () => {
    const clock = createFakeClock();
    const settling = settleMemory(clock, new AbortController().signal);
    const left = leaveGarbage();
    await clock.advance(4_999);
    expect(left.deref()).to.not.equal(undefined);
    await clock.advance(1);
    await settling;
    expect(left.deref()).to.equal(undefined);
  });

  it('does nothing for a daemon that ends before', async () => {
    const stop = new AbortController();
    const settling = settleMemory(createFakeClock(), stop.signal);
    stop.abort();
    await settling;
  });
});

function leaveGarbage(): WeakRef<object> {
  return new WeakRef({ of: 'the start' });
}
