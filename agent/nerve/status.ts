import type { EnsembleStatus } from '../zookeeper/ensembles.ts';
import type { Spell } from './lifecycle/overrides.ts';
import type { ServiceStatus } from './service.ts';

/** What the daemon knows at one moment, for its API. */
export interface NerveStatus {
  readonly version: string;
  readonly instance_id: string;
  readonly registry: readonly EnsembleStatus[];
  /** Of the whole host. */
  readonly hostDrained: Spell | undefined;
  readonly services: readonly ServiceStatus[];
  /** One line per mistake in a configuration that was refused. */
  readonly rejected: readonly string[];
}
