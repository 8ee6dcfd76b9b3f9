import type { EnsembleStatus } from '../zookeeper/ensembles.ts';
import type { ServiceStatus } from './service.ts';

/** What the daemon knows at one moment, for its API. */
export interface NerveStatus {
  readonly version: string;
  readonly instance_id: string;
  readonly registry: readonly EnsembleStatus[];
  readonly services: readonly ServiceStatus[];
  /** One line per mistake in a configuration that was refused. */
  readonly rejected: readonly string[];
}
