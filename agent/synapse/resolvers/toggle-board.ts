/**
 * Draws a watcher whenever a toggle file changes. Services with the same file and interval share
 * one reader and one draw, as in the original (`BackgroundS3Poller` in `resolver/s3_toggle.rb`): a
 * fleet of services switches together. Unlike there, a host draws the same from the same file each
 * time, so that a restart changes nothing.
 */
import type { ToggleConfig } from '../../config/synapse-resolvers.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { SourceError } from '../watchers/source.ts';
import { pickByWeight, placeOnDial } from './pick.ts';
import { createToggleReader, ToggleError } from './toggle-file.ts';

export interface ToggleBoard {
  /** Calls back with the drawn watcher's name, at once where there is one; until aborted. */
  follow(
    config: ToggleConfig,
    onPick: (watcher: string) => void,
    signal: AbortSignal,
  ): Promise<void>;
}

export interface ToggleBoardOptions {
  readonly clock: Clock;
  /** Whose draws these are. */
  readonly host: string;
  readonly logger: Logger;
}

interface Toggle {
  readonly listeners: Set<(watcher: string) => void>;
  readonly stop: AbortController;
  loop: Promise<void>;
  pick: string | undefined;
}

export function createToggleBoard(options: ToggleBoardOptions): ToggleBoard {
  const toggles = new Map<string, Toggle>();
  const start = (key: string, config: ToggleConfig): Toggle => {
    const stop = new AbortController();
    const loop = Promise.resolve();
    const toggle: Toggle = { listeners: new Set(), stop, loop, pick: undefined };
    toggle.loop = keepReading(options, config, toggle);
    toggles.set(key, toggle);
    return toggle;
  };
  return {
    follow: async (config, onPick, signal) => {
      const key = JSON.stringify(config);
      const toggle = toggles.get(key) ?? start(key, config);
      toggle.listeners.add(onPick);
      if (toggle.pick !== undefined) onPick(toggle.pick);
      try {
        await Promise.race([toggle.loop, aborted(signal)]);
      } finally {
        toggle.listeners.delete(onPick);
        if (toggle.listeners.size === 0) {
          toggle.stop.abort();
          toggles.delete(key);
        }
      }
    },
  };
}

/** Until stopped. Rejects on a fault of ours only: what cannot be read leaves the last draw. */
async function keepReading(
  { clock, host, logger }: ToggleBoardOptions,
  config: ToggleConfig,
  toggle: Toggle,
): Promise<void> {
  const { signal } = toggle.stop;
  const read = createToggleReader(config, clock);
  const where = config.toggle_file_path ?? config.s3_url ?? '';
  let last = '';
  let problem = '';
  try {
    for (;;) {
      try {
        const weights = await read(signal);
        const content = JSON.stringify([...weights]);
        if (content !== last) {
          const pick = pickByWeight(weights, placeOnDial(host, where));
          if (pick === undefined) {
            throw new ToggleError('zero_sum', `${where}: no weight is above 0`);
          }
          last = content;
          toggle.pick = pick;
          logger.info('toggle-drawn', { file: where, watcher: pick });
          for (const listener of toggle.listeners) listener(pick);
        }
        problem = '';
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        const { message: reason } = error;
        const fault = error instanceof ToggleError ? error.fault : 's3_error';
        if (problem !== reason) logger.warn('toggle-unread', { fault, reason });
        problem = reason;
      }
      await clock.sleep(config.s3_polling_interval_seconds * 1_000, signal);
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
