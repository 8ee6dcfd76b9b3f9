import type { Clock } from '../../lib/clock.ts';
import type { EventRing } from '../../lib/event-ring.ts';
import type { Control } from '../lifecycle/control.ts';
import type { NerveMetrics } from '../metrics/metrics.ts';
import type { NerveStatus } from '../status.ts';

/** What the endpoints ask and tell. */
export interface EndpointSources {
  readonly status: () => NerveStatus;
  readonly control: Control;
  readonly events: EventRing;
  readonly metrics: Pick<NerveMetrics, 'text'>;
  readonly clock: Clock;
}
