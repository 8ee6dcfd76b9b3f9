/** Writes the state file soon after what it holds has changed. */
import type { Clock } from '../lib/clock.ts';
import { Coalescer } from '../lib/coalescer.ts';
import { createExclusive } from '../lib/exclusive.ts';
import type { Logger } from '../lib/logger.ts';
import { type LastKnown, saveLastKnown } from './last-known.ts';

export interface StateKeeper {
  request(): void;
  /** At once. Never rejects: without the file synapse serves all the same. */
  save(): Promise<void>;
  /** Until aborted. */
  run(signal: AbortSignal): Promise<void>;
}

export interface StateKeeperOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly current: () => LastKnown;
}

const timing = { quietMs: 200, maxDelayMs: 1_000 } as const;
const retryMs = 10_000;

export function createStateKeeper(options: StateKeeperOptions): StateKeeper {
  const { path, clock, logger, current } = options;
  const turns = new Coalescer({ clock, ...timing });
  const exclusive = createExclusive();
  let failed = false;
  const save = (): Promise<void> =>
    exclusive(async () => {
      try {
        await saveLastKnown(path, current());
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
