import { reservedPorts } from './names.ts';
import { reachedAt } from './queries.ts';
import type { Catalog } from './schema.ts';

/** The smallest number from `from` on that is not taken: something to suggest. */
export function firstFree(from: number, taken: ReadonlySet<number>): number {
  let candidate = from;
  while (taken.has(candidate)) candidate += 1;
  return candidate;
}

/** By services, wherever they run, and by the system. */
export function portsInUse(services: Catalog['services']): Set<number> {
  return new Set([
    ...Object.values(services).flatMap((service) => [
      service.port,
      service.localPort,
      reachedAt(service),
    ]),
    ...reservedPorts.keys(),
  ]);
}
