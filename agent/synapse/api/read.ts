import { eventsEndpoint, metricsEndpoint } from '../../lib/http-api/common-endpoints.ts';
import { ApiError, type Endpoint, endpoint } from '../../lib/http-api/endpoint.ts';
import type { EndpointSources } from './endpoint-sources.ts';
import { healthOf, servicesOf, statusOf } from './status.ts';

export function readEndpoints(sources: EndpointSources): readonly Endpoint[] {
  const { status, metrics } = sources;
  return [
    endpoint({
      method: 'GET',
      path: '/health',
      summary: 'Whether every part works',
      response: '`status` is "ok" or "degraded"',
      handle: () => healthOf(status()),
    }),
    endpoint({
      method: 'GET',
      path: '/ready',
      summary: 'Whether the proxy has what synapse knows, of every service; 503 while it has not',
      response: '`ready` is true',
      handle: () => ready(sources),
    }),
    endpoint({
      method: 'GET',
      path: '/status',
      summary: 'Everything that synapse knows',
      response: 'Services, instances, registry, proxy and what changed last',
      handle: () => statusOf(status()),
    }),
    endpoint({
      method: 'GET',
      path: '/services',
      summary: 'The services by name: instances, where each is known from, and their servers',
      response: 'An object by name',
      handle: () => servicesOf(status()),
    }),
    endpoint({
      method: 'GET',
      path: '/services/{name}',
      summary: 'One service',
      response: 'As in /services',
      handle: ({ params: { name } }) => oneService(sources, name),
    }),
    eventsEndpoint(sources.events),
    metricsEndpoint(() => metrics.text(status())),
  ];
}

export async function oneService({ status }: EndpointSources, name: string): Promise<unknown> {
  const services = new Map(Object.entries(await servicesOf(status())));
  const found = services.get(name);
  if (found === undefined) throw new ApiError(404, `there is no service "${name}"`);
  return found;
}

function ready({ status }: EndpointSources): object {
  const { book, state, sections, admin } = status();
  const isCurrent = state.process?.fingerprint === sections.fingerprint;
  if (admin !== undefined && !isCurrent) {
    throw new ApiError(503, 'HAProxy does not run what synapse wrote');
  }
  const unknown = [...book.entries()].filter(
    ([, { found, selection, config }]) =>
      found === undefined && config.discovery.method !== 'base' && selection.source === 'none',
  );
  if (unknown.length === 0) return { ready: true };
  const names = unknown.map(([name]) => name).join(', ');
  throw new ApiError(503, `nothing is known yet of: ${names}`);
}
