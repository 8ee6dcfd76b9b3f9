import type { ActualServer } from './answers.ts';

/** Backend → name → server. */
export type ServerIndex = ReadonlyMap<string, ReadonlyMap<string, ActualServer>>;

export function indexServers(servers: readonly ActualServer[]): ServerIndex {
  const backends = new Map<string, Map<string, ActualServer>>();
  for (const server of servers) {
    const backend = backends.get(server.backend) ?? new Map<string, ActualServer>();
    backends.set(server.backend, backend.set(server.name, server));
  }
  return backends;
}
