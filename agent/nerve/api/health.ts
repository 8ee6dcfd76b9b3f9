import type { NerveStatus } from '../status.ts';

/**
 * `GET /health`. `ok`: every part works; `degraded`: nerve runs, but the registry cannot be reached
 * or part of the configuration was refused. Services that are down are no fault of nerve's.
 */
export function health({ services, registry, rejected }: NerveStatus): object {
  const connected = registry.every(({ state }) => state === 'connected');
  const accepted = rejected.length === 0;
  const count = (wanted: string | undefined): number =>
    services.filter((service) => service.health === wanted).length;
  return {
    status: connected && accepted ? 'ok' : 'degraded',
    registry: connected ? 'connected' : 'unreachable',
    config: accepted ? 'current' : 'rejected',
    services: { up: count('up'), down: count('down'), undecided: count(undefined) },
  };
}
