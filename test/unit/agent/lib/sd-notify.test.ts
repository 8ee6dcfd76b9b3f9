import { expect } from 'chai';
import { createServiceManager, type ServiceManager } from '../../../../agent/lib/sd-notify.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

describe('createServiceManager', () => {
  const setUp = (environment: Record<string, string>, failure?: Error) => {
    const sent: string[][] = [];
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const send = async (assignments: readonly string[]): Promise<void> => {
      sent.push([...assignments]);
      if (failure) throw failure;
    };
    const manager: ServiceManager = createServiceManager({ environment, clock, logger, send });
    return { sent, clock, logger, manager };
  };
  const unit = { NOTIFY_SOCKET: '/run/systemd/notify' };

  it('says nothing outside a unit', async () => {
    const { sent, manager } = setUp({});
    await manager.ready('ok');
    await manager.stopping('bye');
    expect(sent).to.deep.equal([]);
  });

  it('sends READY, RELOADING with its time, and STOPPING', async () => {
    const { sent, manager } = setUp(unit);
    await manager.ready('2 services');
    await manager.reloading();
    await manager.stopping('shutting down');
    expect(sent[0]).to.deep.equal(['READY=1', 'STATUS=2 services']);
    expect(sent[1]?.[0]).to.equal('RELOADING=1');
    expect(sent[1]?.[1]).to.match(/^MONOTONIC_USEC=\d+$/);
    expect(sent[2]).to.deep.equal(['STOPPING=1', 'STATUS=shutting down']);
  });

  it('feeds the watchdog three times in its period until aborted', async () => {
    const { sent, clock, manager } = setUp({ ...unit, WATCHDOG_USEC: '30000000' });
    const abort = new AbortController();
    const feeding = manager.keepWatchdogFed(abort.signal);
    await clock.advance(29_999);
    expect(sent).to.deep.equal([['WATCHDOG=1'], ['WATCHDOG=1'], ['WATCHDOG=1']]);
    abort.abort();
    await feeding;
  });

  it('returns at once without a watchdog', async () => {
    const { sent, manager } = setUp(unit);
    await manager.keepWatchdogFed(new AbortController().signal);
    expect(sent).to.deep.equal([]);
  });

  it('logs a failure and goes on', async () => {
    const { logger, manager } = setUp(unit, new Error('no such file'));
    await manager.ready('ok');
    expect(logger.events()).to.deep.equal(['sd-notify-failed']);
  });
});
