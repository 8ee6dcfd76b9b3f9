/** When to follow the registry's settings: a change of them reloads the proxy. */
import type { HaproxyOptions } from '../../config/synapse-haproxy.ts';
import type { Clock } from '../../lib/clock.ts';
import { Coalescer } from '../../lib/coalescer.ts';
import type { Logger } from '../../lib/logger.ts';
import { isSystemError } from '../../lib/system-error.ts';

export interface SettingsTurns {
  /** They changed. */
  readonly request: () => void;
  /** Until aborted. What the file system refuses is tried again. */
  run(work: () => Promise<void>, signal: AbortSignal): Promise<void>;
}

/** A burst of changes, at a start of the ensemble say, is one. */
const quietMs = 100;
const idleMs = 3_600_000;

/** A registry that changes them all the time reloads no more often than anything else. */
export function createSettingsTurns(
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  { restart_interval }: Pick<HaproxyOptions, 'restart_interval'>,
): SettingsTurns {
  const pauseMs = Math.max(quietMs, restart_interval * 1_000);
  const turns = new Coalescer({ clock, quietMs: pauseMs, maxDelayMs: pauseMs });
  // Such as a full disk, where the text waits for its check.
  const again = (error: unknown): void => {
    if (!isSystemError(error)) throw error;
    logger.error('settings-not-followed', { error });
    turns.request();
  };
  return {
    request: () => turns.request(),
    run: async (work, signal) => {
      try {
        for (;;) {
          await turns.nextTurn(signal, idleMs);
          await clock.sleep(quietMs, signal);
          await work().catch(again);
        }
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    },
  };
}
