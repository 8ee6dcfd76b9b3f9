import { eventsEndpoint, metricsEndpoint } from '../../lib/http-api/common-endpoints.ts';
import { ApiError, type Endpoint, endpoint } from '../../lib/http-api/endpoint.ts';
import type { EndpointSources } from './endpoint-sources.ts';
import { health } from './health.ts';
import { describeService, status } from './status.ts';

export function readEndpoints(sources: EndpointSources): readonly Endpoint[] {
  return [
    endpoint({
      method: 'GET',
      path: '/health',
      summary: 'Whether every part of nerve works',
      response: '`status` is "ok" or "degraded"',
      handle: () => health(sources.status()),
    }),
    endpoint({
      method: 'GET',
      path: '/ready',
      summary: 'Whether every registry says what nerve has found out; 503 while one does not',
      response: '`ready` is true',
      handle: () => ready(sources),
    }),
    endpoint({
      method: 'GET',
      path: '/status',
      summary: 'Everything that nerve knows',
      response: 'Services, registries and what was refused',
      handle: () => status(sources.status()),
    }),
    endpoint({
      method: 'GET',
      path: '/services',
      summary: 'The services by name, with what is known of each',
      response: 'An object by name',
      handle: () => status(sources.status()).services,
    }),
    endpoint({
      method: 'GET',
      path: '/services/{name}',
      summary: 'One service: checks, overrides, registrations',
      response: 'As in /services',
      handle: ({ params: { name } }) => {
        const found = sources.status().services.find((one) => one.name === name);
        if (found === undefined) throw new ApiError(404, `there is no service "${name}"`);
        return describeService(found);
      },
    }),
    eventsEndpoint(sources.events),
    metricsEndpoint(() => sources.metrics.text(sources.status())),
  ];
}

function ready({ status: current }: EndpointSources): object {
  const waiting = current().services.filter(({ reports }) =>
    reports.some(({ settled }) => !settled),
  );
  if (waiting.length === 0) return { ready: true };
  const names = waiting.map(({ name }) => name).join(', ');
  throw new ApiError(503, `not yet told to a registry: ${names}`);
}
