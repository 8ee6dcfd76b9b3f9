import type { SynapseConfig } from '../../config/synapse.ts';
import type { LogFields } from '../../lib/logger.ts';
import type { ServiceEntry } from '../service-book.ts';
import type { MetricsSources } from './gauges.ts';

/** What synapse counts, in the words of synapse; the sinks have names of their own for it. */
export interface SynapseMetrics {
  started(watchersMs: number): void;
  /** Resolves once the last ones are out, or cannot be. */
  stopped(): Promise<void>;
  /** Counts each event that is logged, too. */
  count(event: string, fields: LogFields): void;
  watcherStarted(service: string): void;
  watcherStopped(service: string): void;
  /** The source of a service gave an answer. */
  answered(service: string, entry: Pick<ServiceEntry, 'config'>): void;
  /** Once a second: each service, and whether its source can be watched. */
  pinged(watchers: () => Iterable<readonly [service: string, watching: boolean]>): void;
  /** HAProxy judged new text. */
  configChecked(passed: boolean): void;
  /** One look at everything. */
  passed(elapsedMs: number): void;
  /** A change is in effect, so long after it became known. */
  applied(elapsedMs: number): void;
  readonly read: OnRegistry;
  /** As the configuration has it at present. */
  follow(config: Pick<SynapseConfig, 'statsd' | 'services'>): void;
  /** All of it in Prometheus' text format, with the gauges that follow from `sources`. */
  text(sources: MetricsSources): Promise<string>;
}

/** Something came of a session of ZooKeeper. */
export type OnRegistry = (event: RegistryEvent) => void;

export type RegistryEvent =
  | { readonly kind: 'created'; readonly hosts: readonly string[] }
  /** For the first time, so long after its start. */
  | { readonly kind: 'connected'; readonly hosts: readonly string[]; readonly elapsedMs: number }
  | RegistryRead;

/** A question has ended. */
export interface RegistryRead {
  readonly kind: 'children' | 'get';
  readonly hosts: readonly string[];
  readonly path: string;
  /** It asked to hear of the next change, too. */
  readonly leavesWatch: boolean;
  readonly elapsedMs: number;
  /** Of the names or data that came; `undefined` when it failed. */
  readonly bytes: number | undefined;
  /** The node exists; `false` also when it failed. */
  readonly isThere: boolean;
}
