import type { Endpoint } from '../../lib/http-api/endpoint.ts';
import type { EndpointSources } from './endpoint-sources.ts';
import { instanceEndpoints } from './instances.ts';
import { readEndpoints } from './read.ts';

/** The whole API; what changes something is served on the Unix socket alone. */
export function synapseEndpoints(sources: EndpointSources): readonly Endpoint[] {
  return [...readEndpoints(sources), ...instanceEndpoints(sources)];
}
