/** What a running synapse is made of, wired together; starts nothing. */
import { hostname } from 'node:os';
import type { SynapseConfig } from '../config/synapse.ts';
import type { Clock } from '../lib/clock.ts';
import type { EventRing } from '../lib/event-ring.ts';
import type { Logger } from '../lib/logger.ts';
import { raise } from '../lib/raise.ts';
import type { RunCommand } from '../lib/run-command.ts';
import { createStateKeeper, type StateKeeper } from '../lib/state-keeper.ts';
import { boundedReads } from '../zookeeper/bounded-reads.ts';
import { type CreateSession, createEnsembles, type Ensembles } from '../zookeeper/ensembles.ts';
import { sharedReads } from '../zookeeper/shared-reads.ts';
import { loadAddresses, saveAddresses } from './addresses-file.ts';
import { causeOf } from './causes.ts';
import { type ChangeLog, createChangeLog } from './changes.ts';
import { createRetiringFile, createWeightsFile } from './deeds-file.ts';
import { Generators } from './generators/generators.ts';
import { watchOver } from './guard/watch-over.ts';
import { type ConfiguredProxy, createProxy } from './haproxy/create-proxy.ts';
import { RunningState } from './haproxy/running-state.ts';
import { createRuntimeLine, type RuntimeLine } from './haproxy/runtime-line.ts';
import { createComposer } from './haproxy/sections.ts';
import { loadLastKnown, saveLastKnown } from './last-known.ts';
import { countingLogger } from './metrics/counting-logger.ts';
import { measured } from './metrics/measured-session.ts';
import type { SynapseMetrics } from './metrics/metrics.ts';
import { createPassMeter } from './metrics/pass-meter.ts';
import { Reconciler } from './reconcile.ts';
import { createHostResolver, type HostResolver, type LookUp } from './resolve-hosts.ts';
import { ServiceBook } from './service-book.ts';
import { loadSettings, SettingsKeeper, saveSettings } from './settings/keeper.ts';
import { createWatcher } from './watchers/create-watcher.ts';

/** The outside world. */
export interface Surroundings {
  readonly createSession: CreateSession;
  readonly clock: Clock;
  readonly random: () => number;
  readonly logger: Logger;
  readonly runCommand: RunCommand;
  /** The system's by default. */
  readonly lookup?: LookUp;
  readonly metrics: SynapseMetrics;
  /** What the API shows of the past. */
  readonly events: EventRing;
}

export interface Parts {
  readonly state: RunningState;
  readonly line: RuntimeLine;
  readonly changes: ChangeLog;
  readonly ensembles: Ensembles;
  readonly book: ServiceBook;
  readonly keeper: StateKeeper;
  readonly reconciler: Reconciler;
  readonly generators: Generators;
  readonly settings: SettingsKeeper;
  /** A proxy for another configuration, on the same state. */
  configure(config: SynapseConfig): ConfiguredProxy;
}

export async function assemble(
  { state_path }: SynapseConfig,
  surroundings: Surroundings,
  /** The proxy in charge, which changes with the configuration. */
  proxy: () => ConfiguredProxy,
  /** The registry has other settings for generators. */
  onSettings: () => void,
  signal: AbortSignal,
): Promise<Parts> {
  const { clock, random, createSession, runCommand, metrics, lookup } = surroundings;
  const logger = countingLogger(surroundings.logger, metrics.count);
  const changes = createChangeLog(clock, logger);
  const create = sharedReads(boundedReads(measured(createSession, clock, metrics.read)));
  const ensembles = createEnsembles({ create });
  const lastKnown = await loadLastKnown(state_path, logger);
  const state = new RunningState();
  const retiringFile = createRetiringFile(state_path, logger);
  for (const [key, was] of await retiringFile.load()) state.retiring.set(key, was);
  const weightsFile = createWeightsFile(state_path, logger);
  for (const [key, weight] of await weightsFile.load()) state.unwrittenWeights.set(key, weight);

  const reconciler: Reconciler = new Reconciler({
    clock,
    random,
    logger,
    proxy: () => proxy().proxy,
    instances: () => book.instances(),
    onPass: createPassMeter(changes, metrics),
  });
  const book: ServiceBook = new ServiceBook({
    createWatcher: createWatcher({
      ...{ ensembles, clock, random, logger },
      onSettings: (service, found) => settings.take(service, found),
    }),
    clock,
    logger,
    metrics,
    lastKnown,
    onFault: raise,
    onChange: (services) => {
      reconciler.request(services);
      generators.request();
      keeper.request();
    },
  });
  const keeper: StateKeeper = createStateKeeper({
    path: state_path,
    clock,
    logger,
    isPatient: true,
    write: async () => {
      await saveLastKnown(state_path, book.remembered());
      await saveSettings(state_path, settings.settings);
      await saveAddresses(state_path, resolver.addresses());
    },
  });
  const settings: SettingsKeeper = new SettingsKeeper({
    logger,
    remembered: await loadSettings(state_path, logger),
    onChange: () => {
      onSettings();
      keeper.request();
    },
  });
  const resolver: HostResolver = createHostResolver({
    clock,
    logger,
    signal,
    remembered: await loadAddresses(state_path, logger),
    ...(lookup === undefined ? {} : { lookup }),
    onChange: () => {
      reconciler.request();
      generators.request();
      keeper.request();
    },
  });
  const environment = { clock, random, logger, runCommand, resolver, changes, signal };
  const entries = () => book.entries();
  const generators: Generators = new Generators({ ...environment, entries });
  const line = createRuntimeLine({ path: () => proxy().socketPath, clock });
  const common = { ...environment, state, line, compose: createComposer(hostname()) };
  const configure = (config: SynapseConfig): ConfiguredProxy =>
    createProxy(config, {
      ...common,
      deeds: {
        saveRetiring: () => retiringFile.save(state.retiring),
        saveWeights: () => weightsFile.save(state.unwrittenWeights),
      },
      onChecked: metrics.configChecked,
      isOvertaken: reconciler.isOvertaken,
      causeOf: (step) => {
        const own = proxy().sections.backends.find(({ backend }) => backend === step.backend);
        return causeOf(step, own && book.entry(own.service));
      },
      onSeen: (sections, seen) => watchOver(book, sections, seen),
    });
  return {
    state,
    line,
    changes,
    ensembles,
    book,
    keeper,
    reconciler,
    generators,
    settings,
    configure,
  };
}
