import type { ActualServer } from './answers.ts';

/** Backend → name → server. */
export type ServerIndex = ReadonlyMap<string, ReadonlyMap<string, ActualServer>>;

const known = new WeakMap<readonly ActualServer[], ServerIndex>();

/** Made once for each look: it is asked by everybody who compares what is with something else. */
export function indexServers(servers: readonly ActualServer[]): ServerIndex {
  const index = known.get(servers) ?? create(servers);
  known.set(servers, index);
  return index;
}

function create(servers: readonly ActualServer[]): ServerIndex {
  const backends = new Map<string, Map<string, ActualServer>>();
  for (const server of servers) {
    const backend = backends.get(server.backend) ?? new Map<string, ActualServer>();
    backends.set(server.backend, backend.set(server.name, server));
  }
  return backends;
}
