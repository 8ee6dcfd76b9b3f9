import { primaryWatcher, type ToggleConfig } from '../../config/synapse-resolvers.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { type Resolver, startPatienceMs } from './resolver.ts';
import type { ToggleBoard } from './toggle-board.ts';

export interface S3ToggleOptions {
  readonly config: ToggleConfig;
  /** By name, as they stand in the configuration. */
  readonly watchers: readonly string[];
  readonly board: ToggleBoard;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * The watcher that a file names. Original: `resolver/s3_toggle.rb`: where the file cannot be read,
 * or names a watcher that is not there, `primary` or the last one that it did name.
 */
export function createS3Toggle(options: S3ToggleOptions): Resolver {
  const { config, watchers, board, clock, logger } = options;
  const first = watchers.includes(primaryWatcher) ? primaryWatcher : watchers[0];
  let current: string | undefined;
  return {
    choose: (children) => children.filter(({ name }) => name === current),
    run: async (onChange, signal) => {
      const settle = (watcher = current ?? first): void => {
        if (watcher === current) return;
        current = watcher;
        onChange();
      };
      const take = (pick: string): void => {
        const isThere = watchers.includes(pick);
        if (!isThere) logger.warn('toggle-names-no-watcher', { watcher: pick });
        settle(isThere ? pick : undefined);
      };
      const patience = clock.sleep(startPatienceMs, signal).then(() => settle());
      await Promise.all([patience, board.follow(config, take, signal)]);
    },
  };
}
