import type { StatsdPlace } from '../../lib/movable-statsd.ts';
import type { Health } from '../checking/rise-fall.ts';
import type { OnWrite } from '../reporters/zookeeper.ts';
import type { NerveStatus } from '../status.ts';

/** What nerve counts, in the words of nerve; the sinks have names of their own for it. */
export interface NerveMetrics {
  started(): void;
  /** Resolves once the last ones are out, or cannot be. */
  stopped(): Promise<void>;
  configUpdated(): void;
  launched(service: string, reason: 'new' | 'update'): void;
  reaped(service: string, reason: 'old' | 'update'): void;
  checked(result: CheckMeasurement): void;
  transition(service: string, health: Health): void;
  reported(service: string, result: 'success' | 'fail'): void;
  /** ZooKeeper took a write. */
  readonly wrote: OnWrite;
  throttled(service: string, shadowMode: boolean): void;
  /** Where statsd is, if anywhere; as the configuration has it at present. */
  follow(statsd: StatsdPlace | undefined): void;
  /** All of it in Prometheus' text format, with the gauges that follow from `status`. */
  text(status: NerveStatus): Promise<string>;
}

export interface CheckMeasurement {
  readonly service: string;
  readonly check: string;
  readonly passed: boolean;
  readonly elapsedMs: number;
}
