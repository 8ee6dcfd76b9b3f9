import { type Endpoint, endpoint } from '../../lib/http-api/endpoint.ts';
import { spellBody, spellOf } from './bodies.ts';
import type { EndpointSources } from './endpoint-sources.ts';
import { status } from './status.ts';

export function hostEndpoints({
  control,
  clock,
  ...sources
}: EndpointSources): readonly Endpoint[] {
  const response = 'As /status';
  return [
    endpoint({
      method: 'POST',
      path: '/host/drain',
      summary: 'Takes every instance of this host out of the registry',
      body: spellBody,
      response,
      handle: ({ body }) => {
        control.drainHost(spellOf(body, clock.wallMs()));
        return status(sources.status());
      },
    }),
    endpoint({
      method: 'POST',
      path: '/host/enable',
      summary: "Ends the host's drain",
      response,
      handle: () => {
        control.drainHost(undefined);
        return status(sources.status());
      },
    }),
  ];
}
