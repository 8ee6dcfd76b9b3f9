/** Questions about a catalog that is well-formed. */
import type { Catalog, CatalogHost, Service } from './schema.ts';

type Role = CatalogHost['roles'][number];

/** Names of the hosts that have a role, in the catalog's order. */
export function hostsWith(
  hosts: Readonly<Record<string, Pick<CatalogHost, 'roles'>>>,
  role: Role,
): readonly string[] {
  return Object.entries(hosts)
    .filter(([, host]) => host.roles.includes(role))
    .map(([name]) => name);
}

/** Hosts whose proxy offers the service. */
export function consumersOf(
  { hosts }: Pick<Catalog, 'hosts'>,
  service: Service,
): readonly string[] {
  return service.consumers === 'all' ? hostsWith(hosts, 'service') : service.consumers;
}

/** The same question about one host. */
export function isConsumer(
  { hosts }: Pick<Catalog, 'hosts'>,
  { consumers }: Service,
  host: string,
): boolean {
  if (consumers !== 'all') return consumers.includes(host);
  return hosts[host]?.roles.includes('service') ?? false;
}
