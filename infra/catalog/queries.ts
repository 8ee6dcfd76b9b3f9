/** Questions about a catalog that is well-formed. */
import type { Catalog, CatalogHost, Service } from './schema.ts';

export function membersOf(catalog: Catalog): readonly string[] {
  return hostsWith(catalog, 'zookeeper');
}

export function hostsWith(catalog: Catalog, role: CatalogHost['roles'][number]): readonly string[] {
  return Object.entries(catalog.hosts)
    .filter(([, host]) => host.roles.includes(role))
    .map(([name]) => name);
}

/** Hosts whose proxy offers the service. */
export function consumersOf(catalog: Catalog, service: Service): readonly string[] {
  return service.consumers === 'all' ? hostsWith(catalog, 'service') : service.consumers;
}
