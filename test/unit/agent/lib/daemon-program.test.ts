import { expect } from 'chai';
import { createReloader } from '../../../../agent/lib/daemon-program.ts';
import { createServiceManager } from '../../../../agent/lib/sd-notify.ts';
import { createFakeClock, settle } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('createReloader', () => {
  const setUp = (reload: () => Promise<string>, ready = Promise.resolve()) => {
    const logger = createRecordingLogger();
    const clock = createFakeClock();
    const manager = createServiceManager({ environment: {}, clock, logger });
    const daemon = { start: async () => '', stop: async () => undefined, reload };
    return { logger, onSignal: createReloader(daemon, ready, manager, logger) };
  };

  it('makes one further reload of all signals that arrive during one', async () => {
    const finish: (() => void)[] = [];
    const { onSignal } = setUp(() => new Promise((resolve) => finish.push(() => resolve('ok'))));
    onSignal();
    await settle();
    onSignal();
    onSignal();
    finish[0]?.();
    await settle();
    finish[1]?.();
    await settle();
    expect(finish).to.have.length(2);
  });

  it('keeps a signal that arrives before the daemon is ready', async () => {
    let calls = 0;
    const { promise, resolve } = Promise.withResolvers<void>();
    const { onSignal } = setUp(async () => {
      calls += 1;
      return 'ok';
    }, promise);
    onSignal();
    await settle();
    expect(calls).to.equal(0);
    resolve();
    await settle();
    expect(calls).to.equal(1);
  });

  it('survives a reload that throws', async () => {
    let calls = 0;
    const { logger, onSignal } = setUp(async () => {
      calls += 1;
      throw new Error('disk');
    });
    onSignal();
    await settle();
    onSignal();
    await settle();
    expect(calls).to.equal(2);
    expect(logger.events()).to.deep.equal(['reload-failed', 'reload-failed']);
  });
});
