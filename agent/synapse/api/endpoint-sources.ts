import type { Clock } from '../../lib/clock.ts';
import type { EventRing } from '../../lib/event-ring.ts';
import type { Logger } from '../../lib/logger.ts';
import type { SynapseMetrics } from '../metrics/metrics.ts';
import type { StatusSources } from './status.ts';

/** What the endpoints ask and tell. */
export interface EndpointSources {
  /** Throws an `ApiError` until synapse has started. */
  readonly status: () => StatusSources;
  readonly events: EventRing;
  readonly metrics: Pick<SynapseMetrics, 'text'>;
  readonly clock: Clock;
  readonly logger: Logger;
}
