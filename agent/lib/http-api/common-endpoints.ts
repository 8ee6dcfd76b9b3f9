/** What every daemon serves in the same way. */
import type { EventRing } from '../event-ring.ts';
import { prometheusContentType } from '../prometheus.ts';
import { type Endpoint, endpoint } from './endpoint.ts';

export function eventsEndpoint(ring: EventRing): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/events',
    summary: 'Recent events, oldest first',
    query: { service: 'Of this service alone', limit: 'At most so many, 500 by default' },
    response: 'A list of objects with `time`, `level`, `event` and more',
    handle: ({ query }) => {
      const service = query.get('service');
      const limit = Number(query.get('limit') ?? Number.NaN);
      return ring.recent({
        ...(service === null ? {} : { matching: { service } }),
        ...(Number.isInteger(limit) && limit > 0 ? { limit } : {}),
      });
    },
  });
}

/** @param text gives Prometheus' text format */
export function metricsEndpoint(text: () => Promise<string>): Endpoint {
  return endpoint({
    method: 'GET',
    path: '/metrics',
    summary: 'Metrics for Prometheus',
    response: 'Text, one sample a line',
    contentType: prometheusContentType,
    handle: text,
  });
}
