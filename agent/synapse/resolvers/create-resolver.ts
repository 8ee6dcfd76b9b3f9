import type { MultiDiscovery } from '../../config/synapse-discovery.ts';
import { primaryWatcher } from '../../config/synapse-resolvers.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Resolver } from './resolver.ts';
import { createS3Toggle } from './s3-toggle.ts';
import { createSequential } from './sequential.ts';
import type { ToggleBoard } from './toggle-board.ts';
import { createUnion } from './union.ts';

export interface ResolverEnvironment {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly board: ToggleBoard;
}

/** What `resolver.method` asks for. */
export function createResolver(
  { resolver: config, watchers }: MultiDiscovery,
  { clock, logger, board }: ResolverEnvironment,
): Resolver {
  const names = Object.keys(watchers);
  switch (config.method) {
    case 'union':
      return createUnion();
    case 'sequential': {
      const { sequential_order: order, patience } = config;
      return createSequential({ order, patienceMs: patience * 1_000, clock });
    }
    case 'fallback': {
      const others = names.filter((name) => name !== primaryWatcher);
      const order = names.includes(primaryWatcher) ? [primaryWatcher, ...others] : others;
      return createSequential({ order, patienceMs: config.patience * 1_000, clock });
    }
    case 's3_toggle':
      return createS3Toggle({ config, watchers: names, board, clock, logger });
  }
}
