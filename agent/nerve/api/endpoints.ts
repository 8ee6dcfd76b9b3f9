import type { Clock } from '../../lib/clock.ts';
import type { EventRing } from '../../lib/event-ring.ts';
import type { Endpoint } from '../../lib/http-api/endpoint.ts';
import type { Control } from '../lifecycle/control.ts';
import type { NerveMetrics } from '../metrics/metrics.ts';
import type { NerveStatus } from '../status.ts';
import { hostEndpoints } from './host.ts';
import { readEndpoints } from './read.ts';
import { registrationEndpoints } from './registrations.ts';
import { serviceEndpoints } from './services.ts';

export interface EndpointSources {
  readonly status: () => NerveStatus;
  readonly control: Control;
  readonly events: EventRing;
  readonly metrics: Pick<NerveMetrics, 'text'>;
  readonly clock: Clock;
}

/** The whole API; what changes something is served on the Unix socket alone. */
export function nerveEndpoints(sources: EndpointSources): readonly Endpoint[] {
  return [
    ...readEndpoints(sources),
    ...serviceEndpoints(sources),
    ...hostEndpoints(sources),
    ...registrationEndpoints(sources),
  ];
}
