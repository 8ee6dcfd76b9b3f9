import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Ensembles } from '../../zookeeper/ensembles.ts';
import { openEtcdRegistry } from './etcd.ts';
import { openFileRegistry } from './file.ts';
import type { Place } from './place.ts';
import type { OnDisturbed, Registry } from './registry.ts';
import { startReporter } from './reporter.ts';
import type { StartReporter } from './reporter-set.ts';
import { type OnWrite, openZooKeeperRegistry } from './zookeeper.ts';

export interface ReporterEnvironment {
  readonly ensembles: Ensembles;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly onResult: (result: 'success' | 'fail') => void;
  readonly onWrite: OnWrite;
}

/** The reporter that a place asks for. */
export function reporterStarter(environment: ReporterEnvironment): StartReporter {
  return (place, registration, logger) =>
    startReporter({
      ...environment,
      registration,
      logger,
      openRegistry: (onDisturbed) => openRegistry(place, environment, { logger, onDisturbed }),
    });
}

function openRegistry(
  place: Place,
  environment: ReporterEnvironment,
  rest: { readonly logger: Logger; readonly onDisturbed: OnDisturbed },
): Registry {
  const { ensembles, clock, random, onWrite } = environment;
  switch (place.type) {
    case 'zookeeper': {
      const session = ensembles.session(place.hosts);
      return openZooKeeperRegistry({ place, session, clock, random, onWrite, ...rest });
    }
    case 'etcd':
      return openEtcdRegistry({ place, clock, random, ...rest });
    case 'file':
      return openFileRegistry({ place, ...rest });
  }
}
