import { execFile } from 'node:child_process';
import { hrtime } from 'node:process';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

/** Tells systemd how the daemon fares; every call is a no-op outside a `Type=notify` unit. */
export interface ServiceManager {
  ready(status: string): Promise<void>;
  reloading(): Promise<void>;
  stopping(status: string): Promise<void>;
  /** Pings the unit's watchdog at a third of WATCHDOG_USEC until aborted. */
  keepWatchdogFed(signal: AbortSignal): Promise<void>;
}

export interface ServiceManagerOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Sends `VARIABLE=value` assignments; a test records them. */
  readonly send?: (assignments: readonly string[]) => Promise<void>;
}

/**
 * Node has no datagram Unix sockets, so that each message is one run of `systemd-notify` (about
 * 3 ms of CPU). The unit needs `NotifyAccess=all`, and a WatchdogSec of 15 s or more keeps the
 * pings below 0.1 % of a core.
 *
 * Protocol: sd_notify(3). A failed message is logged and never stops the daemon.
 */
export function createServiceManager(options: ServiceManagerOptions): ServiceManager {
  const { environment, clock, logger } = options;
  const socket = environment.NOTIFY_SOCKET;
  const send = options.send ?? runSystemdNotify(environment);
  const notify = async (...assignments: readonly string[]): Promise<void> => {
    if (socket === undefined) return;
    try {
      await send(assignments);
    } catch (error) {
      logger.warn('sd-notify-failed', { assignments, error });
    }
  };
  return {
    ready: (status) => notify('READY=1', `STATUS=${status}`),
    reloading: () => notify('RELOADING=1', `MONOTONIC_USEC=${hrtime.bigint() / 1000n}`),
    stopping: (status) => notify('STOPPING=1', `STATUS=${status}`),
    keepWatchdogFed: async (signal) => {
      const periodMs = Number(environment.WATCHDOG_USEC) / 1000 / 3;
      while (!signal.aborted && periodMs > 0) {
        await notify('WATCHDOG=1');
        await clock.sleep(periodMs, signal).catch(() => undefined);
      }
    },
  };
}

function runSystemdNotify(
  environment: ServiceManagerOptions['environment'],
): (assignments: readonly string[]) => Promise<void> {
  const { NOTIFY_SOCKET, PATH } = environment;
  return (assignments) =>
    new Promise((resolve, reject) => {
      const options = { env: { NOTIFY_SOCKET, PATH }, timeout: 5_000 };
      execFile('systemd-notify', [...assignments], options, (error) =>
        error ? reject(error) : resolve(),
      );
    });
}
