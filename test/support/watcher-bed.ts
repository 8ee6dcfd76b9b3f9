/** One watcher as synapse makes it from its configuration, and all that it tells. */

import type { ServiceConfig } from '../../agent/config/synapse.ts';
import type { Clock } from '../../agent/lib/clock.ts';
import { systemClock } from '../../agent/lib/clock.ts';
import { type Instance, serverName } from '../../agent/synapse/instance.ts';
import type { RegistrySettings } from '../../agent/synapse/settings/parse.ts';
import { createWatcher } from '../../agent/synapse/watchers/create-watcher.ts';
import type { Found, Watcher } from '../../agent/synapse/watchers/watcher.ts';
import { createEnsembles } from '../../agent/zookeeper/ensembles.ts';
import type { ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import { createRecordingLogger, type RecordingLogger } from './recording-logger.ts';
import { type ServiceInput, synapseConfig } from './synapse-config.ts';

export interface WatcherBed {
  readonly watcher: Watcher;
  readonly found: readonly Found[];
  readonly settings: readonly RegistrySettings[];
  readonly logger: RecordingLogger;
  /** The servers of the last answer; `undefined` before the first. */
  servers(): readonly string[] | undefined;
  last(): Found;
  stop(): Promise<void>;
}

export interface WatcherBedOptions {
  readonly clock?: Clock;
  readonly random?: () => number;
  /** What is known from before the start. */
  readonly before?: readonly Instance[];
  readonly session?: (hosts: readonly string[]) => ZooKeeperSession;
}

export function startWatcher(service: ServiceInput, options?: WatcherBedOptions): WatcherBed {
  const config = synapseConfig({ web: service }).services.web;
  if (config === undefined) throw new Error('no service');
  return startConfigured(config, options);
}

export function startConfigured(
  config: ServiceConfig,
  options: WatcherBedOptions = {},
): WatcherBed {
  const { clock = systemClock, random = Math.random, before = [], session } = options;
  const found: Found[] = [];
  const settings: RegistrySettings[] = [];
  const logger = createRecordingLogger();
  const stop = new AbortController();
  const none = (): never => {
    throw new Error('there is no registry');
  };
  const ensembles = createEnsembles({ create: session ?? none });
  const onSettings = (_name: string, one: RegistrySettings): number => settings.push(one);
  const watcher = createWatcher({ ensembles, clock, random, logger, onSettings })('web', config, {
    onFound: (one) => found.push(one),
    expected: () => found.findLast(({ instances }) => instances.length > 0)?.instances ?? before,
  });
  const running = watcher.run(stop.signal);
  // A fault is thrown where the bed is stopped, and must not end the process before.
  running.catch(() => undefined);
  return {
    watcher,
    found,
    settings,
    logger,
    servers: () => found.at(-1)?.instances.map(serverName),
    last: () => {
      const last = found.at(-1);
      if (last === undefined) throw new Error('nothing found yet');
      return last;
    },
    stop: async () => {
      stop.abort();
      await running;
      await ensembles.closeUnused([]);
    },
  };
}
