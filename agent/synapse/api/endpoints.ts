import type { Clock } from '../../lib/clock.ts';
import type { EventRing } from '../../lib/event-ring.ts';
import type { Endpoint } from '../../lib/http-api/endpoint.ts';
import type { Logger } from '../../lib/logger.ts';
import type { SynapseMetrics } from '../metrics/metrics.ts';
import { instanceEndpoints } from './instances.ts';
import { readEndpoints } from './read.ts';
import type { StatusSources } from './status.ts';

export interface EndpointSources {
  /** Throws an `ApiError` until synapse has started. */
  readonly status: () => StatusSources;
  readonly events: EventRing;
  readonly metrics: Pick<SynapseMetrics, 'text'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** The whole API; what changes something is served on the Unix socket alone. */
export function synapseEndpoints(sources: EndpointSources): readonly Endpoint[] {
  return [...readEndpoints(sources), ...instanceEndpoints(sources)];
}
