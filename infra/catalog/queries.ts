/** Questions about a catalog that is well-formed. */
import type { Catalog, CatalogHost, Run, Service } from './schema.ts';

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

const tlsPortOffset = 10_000;

/** Where hosts with an instance listen for TLS; `undefined` where the service goes without. */
export function tlsPortOf({ port, tls }: Pick<Service, 'port' | 'tls'>): number | undefined {
  if (tls === false) return undefined;
  return tls === true ? port + tlsPortOffset : tls.port;
}

const tunnelPorts = 12_180;

/** Where a service host listens for what goes to this member of the ensemble over TLS. */
export function tunnelPortOf(id: number): number {
  return tunnelPorts + id;
}

/** Where other hosts reach an instance. */
export function reachedAt(service: Pick<Service, 'port' | 'tls'>): number {
  return tlsPortOf(service) ?? service.port;
}

export interface Program {
  /** As the command names it, without what tells systemd how to start it. */
  readonly path: string;
  /** Where it is one of the service's files, the name of that. */
  readonly file: string | undefined;
}

/** What the command of a service starts. */
export function programOf({ command, files }: Pick<Run, 'command' | 'files'>): Program {
  const path = command.replace(howToStart, '').split(/\s/, 1)[0] ?? '';
  const file = path.replace(/^\.\//, '');
  return { path, file: Object.hasOwn(files, file) ? file : undefined };
}

/** The special prefixes of systemd.service(5). */
const howToStart = /^[-@:+!|]*/;

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
