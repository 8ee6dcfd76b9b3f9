import type { Endpoint } from '../../lib/http-api/endpoint.ts';
import type { EndpointSources } from './endpoint-sources.ts';
import { hostEndpoints } from './host.ts';
import { readEndpoints } from './read.ts';
import { registrationEndpoints } from './registrations.ts';
import { serviceEndpoints } from './services.ts';

/** The whole API; what changes something is served on the Unix socket alone. */
export function nerveEndpoints(sources: EndpointSources): readonly Endpoint[] {
  return [
    ...readEndpoints(sources),
    ...serviceEndpoints(sources),
    ...hostEndpoints(sources),
    ...registrationEndpoints(sources),
  ];
}
