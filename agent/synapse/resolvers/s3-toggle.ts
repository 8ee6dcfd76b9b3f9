import { primaryWatcher, type ToggleConfig } from '../../config/synapse-resolvers.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Resolver } from './resolver.ts';
import type { ToggleBoard } from './toggle-board.ts';

export interface S3ToggleOptions {
  readonly config: ToggleConfig;
  /** By name, as they stand in the configuration. */
  readonly watchers: readonly string[];
  readonly board: ToggleBoard;
  readonly logger: Logger;
}

/**
 * The watcher that a file names. Original: `resolver/s3_toggle.rb`: before the file was read, and
 * where it names a watcher that is not there, `primary` or the last one that it did name.
 */
export function createS3Toggle({ config, watchers, board, logger }: S3ToggleOptions): Resolver {
  let current = watchers.includes(primaryWatcher) ? primaryWatcher : watchers[0];
  return {
    choose: (children) => children.filter(({ name }) => name === current),
    run: (onChange, signal) =>
      board.follow(
        config,
        (pick) => {
          if (!watchers.includes(pick)) {
            logger.warn('toggle-names-no-watcher', { watcher: pick });
          } else if (pick !== current) {
            current = pick;
            onChange();
          }
        },
        signal,
      ),
  };
}
