import { ApiError, type Endpoint, endpoint } from '../../lib/http-api/endpoint.ts';
import type { Overrides } from '../lifecycle/overrides.ts';
import type { Service } from '../service.ts';
import { downtimeBody, downtimeOf, spellBody, spellOf, weightBody } from './bodies.ts';
import type { EndpointSources } from './endpoint-sources.ts';
import { describeService } from './status.ts';

const response = 'The service as it is now, as in /services';

export function serviceEndpoints({ control, clock }: EndpointSources): readonly Endpoint[] {
  const find = (name: string): Service => {
    const service = control.service(name);
    if (service === undefined) throw new ApiError(404, `there is no service "${name}"`);
    return service;
  };
  const set = (name: string, overrides: Overrides): object =>
    change(name, (before) => ({ ...before, ...overrides }));
  const clear = (name: string, key: keyof Overrides): object =>
    change(name, ({ [key]: _, ...rest }) => rest);
  const change = (name: string, how: (overrides: Overrides) => Overrides): object => {
    const service = find(name);
    service.override(how);
    return describeService(service.status);
  };
  const now = (): number => clock.wallMs();
  return [
    endpoint({
      method: 'POST',
      path: '/services/{name}/check',
      summary: 'Runs all checks of a service at once: its process has started or ended',
      response,
      handle: ({ params: { name } }) => {
        const service = find(name);
        service.checkNow();
        return describeService(service.status);
      },
    }),
    endpoint({
      method: 'POST',
      path: '/services/{name}/unhealthy',
      summary: 'The service says that it is not well: it leaves the registry',
      body: spellBody,
      response,
      handle: ({ params: { name }, body }) => set(name, { unhealthy: spellOf(body, now()) }),
    }),
    endpoint({
      method: 'POST',
      path: '/services/{name}/healthy',
      summary: 'Takes an "unhealthy" back: its checks decide again',
      response,
      handle: ({ params: { name } }) => clear(name, 'unhealthy'),
    }),
    endpoint({
      method: 'POST',
      path: '/services/{name}/drain',
      summary: 'Takes the instance out of the registry, whatever its checks say',
      body: spellBody,
      response,
      handle: ({ params: { name }, body }) => set(name, { drained: spellOf(body, now()) }),
    }),
    endpoint({
      method: 'POST',
      path: '/services/{name}/enable',
      summary: 'Ends a drain',
      response,
      handle: ({ params: { name } }) => clear(name, 'drained'),
    }),
    endpoint({
      method: 'PUT',
      path: '/services/{name}/weight',
      summary: 'Another weight than the configured one, until it is deleted',
      body: weightBody,
      response,
      handle: ({ params: { name }, body }) => set(name, body),
    }),
    endpoint({
      method: 'DELETE',
      path: '/services/{name}/weight',
      summary: 'Back to the configured weight',
      response,
      handle: ({ params: { name } }) => clear(name, 'weight'),
    }),
    endpoint({
      method: 'PUT',
      path: '/services/{name}/downtime',
      summary: 'Announces a stop: drained some time before it, and out while it lasts',
      body: downtimeBody,
      response,
      handle: ({ params: { name }, body }) => set(name, { downtime: downtimeOf(body, now()) }),
    }),
    endpoint({
      method: 'DELETE',
      path: '/services/{name}/downtime',
      summary: 'Takes an announcement back, or ends the downtime',
      response,
      handle: ({ params: { name } }) => clear(name, 'downtime'),
    }),
  ];
}
