import { hostname } from 'node:os';
import type { Discovery, MultiDiscovery, SourceDiscovery } from '../../config/synapse-discovery.ts';
import type { ZooKeeperDiscovery } from '../../config/synapse-zookeeper.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Ensembles } from '../../zookeeper/ensembles.ts';
import { createResolver } from '../resolvers/create-resolver.ts';
import { createToggleBoard, type ToggleBoard } from '../resolvers/toggle-board.ts';
import type { CreateWatcher } from '../service-book.ts';
import type { RegistrySettings } from '../settings/parse.ts';
import { createBaseWatcher } from './base.ts';
import { createConsulSource } from './consul.ts';
import { createDnsSource } from './dns.ts';
import { createDockerSource } from './docker.ts';
import { createEc2Source } from './ec2tag.ts';
import { fallbackPortOf } from './fallback-port.ts';
import { createFileSource } from './file.ts';
import { createMarathonSource } from './marathon.ts';
import { MultiWatcher } from './multi.ts';
import { PollingWatcher } from './polling.ts';
import type { OnSettings } from './settings-reader.ts';
import type { Source } from './source.ts';
import { isVouchedFor, unvouched } from './vouching.ts';
import type { Watcher, WatcherLink } from './watcher.ts';
import { ZooKeeperWatcher } from './zookeeper.ts';
import { ZooKeeperDnsWatcher } from './zookeeper-dns.ts';

export interface WatcherEnvironment {
  readonly ensembles: Ensembles;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  /** Settings for generators were found in the registry, or found to be gone. */
  readonly onSettings: (service: string, settings: RegistrySettings) => void;
}

interface Context extends WatcherLink {
  readonly environment: WatcherEnvironment;
  readonly board: ToggleBoard;
  /** Names the service, and the watcher where there are several. */
  readonly logger: Logger;
  readonly onSettings: OnSettings;
  /** Of instances that have none of their own. */
  readonly fallbackPort: number | undefined;
}

/** The watcher that a service's `discovery` asks for. */
export function createWatcher(environment: WatcherEnvironment): CreateWatcher {
  const board = createToggleBoard({ ...environment, host: hostname() });
  return (service, config, link) => {
    const { discovery } = config;
    const logger = environment.logger.child({ service });
    const onSettings: OnSettings = (settings) => environment.onSettings(service, settings);
    const fallbackPort = fallbackPortOf(config);
    return createAny(discovery, { environment, board, logger, onSettings, fallbackPort, ...link });
  };
}

function createAny(discovery: Discovery, context: Context): Watcher {
  return discovery.method === 'multi'
    ? createSeveral(discovery, context)
    : createOne(discovery, context);
}

function createSeveral(discovery: MultiDiscovery, context: Context): Watcher {
  const { environment, board, logger } = context;
  return new MultiWatcher({
    ...{ ...context, discovery },
    resolver: createResolver(discovery, { ...environment, logger, board }),
    createChild: (watcher, one, link, onSettings) =>
      createAny(one, { ...context, ...link, onSettings, logger: logger.child({ watcher }) }),
  });
}

function createOne(discovery: SourceDiscovery, given: Context): Watcher {
  const context = isVouchedFor(discovery) ? given : unvouched(given);
  const { environment } = context;
  switch (discovery.method) {
    case 'base':
      return createBaseWatcher();
    case 'zookeeper':
    case 'zookeeper_poll':
      return createRegistryWatcher(discovery, context);
    case 'zookeeper_dns':
    case 'zookeeper_dns_poll': {
      const watchNames = (link: WatcherLink): Watcher =>
        createRegistryWatcher(discovery, { ...context, ...link });
      return new ZooKeeperDnsWatcher({ ...environment, ...context, discovery, watchNames });
    }
    default:
      return new PollingWatcher({
        ...environment,
        ...context,
        source: createSource(discovery, context),
      });
  }
}

function createRegistryWatcher(discovery: ZooKeeperDiscovery, context: Context): Watcher {
  const session = context.environment.ensembles.session(discovery.hosts);
  return new ZooKeeperWatcher({ ...context.environment, ...context, discovery, session });
}

type Polled = Exclude<SourceDiscovery, { readonly method: 'base' | `zookeeper${string}` }>;

function createSource(discovery: Polled, context: Context): Source {
  const options = { ...context.environment, ...context };
  switch (discovery.method) {
    case 'dns':
      return createDnsSource({ ...options, discovery });
    case 'docker':
      return createDockerSource({ ...options, discovery });
    case 'marathon':
      return createMarathonSource({ ...options, discovery });
    case 'ec2tag':
      return createEc2Source({ ...options, discovery });
    case 'consul':
      return createConsulSource({ ...options, discovery });
    case 'file':
      return createFileSource({ ...options, discovery });
  }
}
