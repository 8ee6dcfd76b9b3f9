import { parseHosts } from './servers.ts';

/**
 * Whether two lists of hosts name one ensemble, below the same node: a server belongs to one only,
 * so that lists which share a member differ in how much of it they know, or in how old they are.
 */
export function sameEnsemble(some: readonly string[], others: readonly string[]): boolean {
  const [one, other] = [parseHosts(some), parseHosts(others)];
  if (one.chroot !== other.chroot) return false;
  return one.servers.some(({ host, port }) =>
    other.servers.some((server) => server.host === host && server.port === port),
  );
}
