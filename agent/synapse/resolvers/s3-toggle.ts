import { primaryWatcher, type ToggleConfig } from '../../config/synapse-resolvers.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Resolver } from './resolver.ts';
import type { ToggleBoard } from './toggle-board.ts';

export interface S3ToggleOptions {
  readonly config: ToggleConfig;
  /** By name, as they stand in the configuration. */
  readonly watchers: readonly string[];
  readonly board: ToggleBoard;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** So long what was known before a restart counts, while the file has not been read. */
const startPatienceMs = 2_000;

/**
 * The watcher that a file names. Original: `resolver/s3_toggle.rb`: where the file cannot be read,
 * or names a watcher that is not there, `primary` or the last one that it did name.
 */
export function createS3Toggle(options: S3ToggleOptions): Resolver {
  const { config, watchers, board, clock, logger } = options;
  let current = watchers.includes(primaryWatcher) ? primaryWatcher : watchers[0];
  let isAwaited = true;
  return {
    choose: (children) => (isAwaited ? [] : children.filter(({ name }) => name === current)),
    run: async (onChange, signal) => {
      const settle = (watcher = current): void => {
        if (!isAwaited && watcher === current) return;
        isAwaited = false;
        current = watcher;
        onChange();
      };
      const take = (pick: string): void => {
        if (watchers.includes(pick)) settle(pick);
        else {
          logger.warn('toggle-names-no-watcher', { watcher: pick });
          settle();
        }
      };
      const patience = clock.sleep(startPatienceMs, signal).then(() => settle());
      await Promise.all([patience, board.follow(config, take, signal)]);
    },
  };
}
