import type { Catalog } from '../catalog/schema.ts';
import type { Host } from './host.ts';

/** The catalog with the zones that the target gave. */
export function withZones(
  catalog: Catalog,
  hosts: readonly Pick<Host, 'name' | 'zone'>[],
): Catalog {
  const given = new Map(hosts.map(({ name, zone }) => [name, zone]));
  const entries = Object.entries(catalog.hosts).map(([name, host]) => {
    const zone = host.zone ?? given.get(name);
    return [name, zone === undefined ? host : { ...host, zone }] as const;
  });
  return { ...catalog, hosts: Object.fromEntries(entries) };
}
