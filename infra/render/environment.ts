import { hostsWith } from '../catalog/queries.ts';
import type { Catalog } from '../catalog/schema.ts';
import { ports } from './paths.ts';

/** What rendering needs to know: the catalog, and where its hosts are. */
export interface Environment {
  readonly catalog: Catalog;
  /** IPv4 address of each host of the catalog, by name. */
  readonly addresses: ReadonlyMap<string, string>;
  /** Where the hosts have a secret to show: what they let others do with the registry. */
  readonly registryAcl?: RegistryAcl | undefined;
}

export type RegistryAcl = 'open' | 'read-only';

export function addressOf(environment: Environment, host: string): string {
  const address = environment.addresses.get(host);
  if (address === undefined) throw new Error(`the target gave no host "${host}"`);
  return address;
}

/** `address:2181` of every member of the ensemble. */
export function ensembleHosts(environment: Environment): readonly string[] {
  return hostsWith(environment.catalog.hosts, 'zookeeper').map(
    (member) => `${addressOf(environment, member)}:${ports.zookeeper}`,
  );
}
