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

export function idOf({ catalog }: Environment, host: string): number {
  const entry = catalog.hosts[host];
  if (entry === undefined) throw new Error(`the catalog has no host "${host}"`);
  return entry.id;
}

/** `address:2181` of every member of the ensemble. Behind TLS, too: it is what a member is known by. */
export function ensembleHosts(environment: Environment): readonly string[] {
  return hostsWith(environment.catalog.hosts, 'zookeeper').map((member) =>
    memberName(environment, member),
  );
}

/** Where clients find the members: the same, or where they take TLS. */
export function ensembleAddresses(environment: Environment): readonly string[] {
  const { catalog } = environment;
  const port = catalog.ensemble.tls === true ? ports.zookeeperTls : ports.zookeeper;
  const members = hostsWith(catalog.hosts, 'zookeeper');
  return members.map((member) => `${addressOf(environment, member)}:${port}`);
}

export function memberName(environment: Environment, member: string): string {
  return `${addressOf(environment, member)}:${ports.zookeeper}`;
}
