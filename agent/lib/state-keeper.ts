/** Writes a daemon's state file soon after what it holds has changed. */
import type { Clock } from './clock.ts';
import { Coalescer } from './coalescer.ts';
import { createExclusive } from './exclusive.ts';
import type { Logger } from './logger.ts';

export interface StateKeeper {
  request(): void;
  /** At once. Never rejects: without the file the daemon works all the same. */
  save(): Promise<void>;
  /** Until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

export interface StateKeeperOptions {
  /** For the log. */
  readonly path: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Whether a first change may be written a little later, off the way of what it brings about. */
  readonly isPatient?: boolean;
  /** Writes what is to be kept at present. */
  readonly write: () => Promise<void>;
}

const timing = { quietMs: 200, maxDelayMs: 1_000 } as const;
const retryMs = 10_000;

export function createStateKeeper(options: StateKeeperOptions): StateKeeper {
  const { path, clock, logger, isPatient = false, write } = options;
  const turns = new Coalescer({ clock, ...timing, isPatient });
  const exclusive = createExclusive();
  let failed = false;
  const save = (): Promise<void> =>
    exclusive(async () => {
      try {
        await write();
        if (failed) logger.info('state-file-written-again', { path });
        failed = false;
      } catch (error) {
        if (!failed) logger.error('state-file-not-written', { path, error });
        failed = true;
      }
    });
  const run = async (signal: AbortSignal): Promise<void> => {
    try {
      for (;;) {
        const turn = await turns.nextTurn(signal, retryMs);
        if (turn === 'requested' || failed) await save();
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  };
  return { request: () => turns.request(), save, run };
}
