import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Ensembles } from '../../zookeeper/ensembles.ts';
import type { CreateWatcher } from '../service-book.ts';
import { createBaseWatcher } from './base.ts';
import { ZooKeeperWatcher } from './zookeeper.ts';

export interface WatcherEnvironment {
  readonly ensembles: Ensembles;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
}

/** The watcher that a service's `discovery.method` asks for. */
export function createWatcher(environment: WatcherEnvironment): CreateWatcher {
  const { ensembles, clock, random } = environment;
  return (service, { discovery }, link) => {
    const logger = environment.logger.child({ service });
    switch (discovery.method) {
      case 'base':
        return createBaseWatcher();
      case 'zookeeper': {
        const session = ensembles.session(discovery.hosts);
        return new ZooKeeperWatcher({ discovery, session, clock, random, logger, ...link });
      }
      default:
        throw new Error(`the schema lets no discovery method ${discovery.method} through`);
    }
  };
}
