/** In which zone each host stands. */
import type { Problem } from '../../../agent/config/parse.ts';
import type { DeployedHosts } from '../../catalog/rule.ts';
import type { NamedHost } from '../host.ts';

export interface Placement {
  /** Zone of each host, by its name; without those that `problems` are about. */
  readonly zones: ReadonlyMap<string, string>;
  readonly problems: readonly Problem[];
}

/**
 * The zone that the catalog names; else the one in which the host was made, for a host that moves
 * loses its address; else the one with the fewest hosts of its kind. So a new host moves no other.
 */
export function placeHosts(
  hosts: readonly NamedHost[],
  zones: readonly string[],
  deployed: DeployedHosts,
): Placement {
  const problems = hosts.flatMap((host) => problemsOf(host, zones, deployed));
  const settled = hosts.flatMap((host) => {
    const zone = host.zone ?? deployed[host.name]?.zone;
    return zone !== undefined && zones.includes(zone) ? [[host, zone] as const] : [];
  });
  const placed = new Map(settled);
  for (const host of hosts.filter(({ zone }) => zone === undefined)) {
    if (!placed.has(host)) placed.set(host, emptiest(zones, kindOf(host), placed));
  }
  return { zones: new Map([...placed].map(([{ name }, zone]) => [name, zone])), problems };
}

/** The zone without which the ensemble has no quorum, where several members could avoid that. */
export function fatalZone(
  hosts: readonly NamedHost[],
  zones: Placement['zones'],
): string | undefined {
  const members = hosts.filter((host) => kindOf(host) === 'zookeeper');
  if (members.length === 1) return undefined;
  const quorum = Math.floor(members.length / 2) + 1;
  return [...new Set(zones.values())].find(
    (zone) => members.filter(({ name }) => zones.get(name) !== zone).length < quorum,
  );
}

function problemsOf(
  { name, zone, roles }: NamedHost,
  zones: readonly string[],
  deployed: DeployedHosts,
): readonly Problem[] {
  const path = `hosts.${name}.zone`;
  if (zone !== undefined && !zones.includes(zone)) {
    const message = `"${zone}" is none of smartstack:aws.zones; use one of ${zones.join(', ')}`;
    return [{ path, message }];
  }
  const before = deployed[name]?.zone;
  if (before === undefined || !roles.includes('zookeeper')) return [];
  const message =
    `was ${before}, where its data volume stands, and cannot move; ` +
    'put it back, or add a host under a new name';
  if (zone !== undefined && zone !== before) return [{ path, message }];
  return zones.includes(before) ? [] : [{ path, message: `${message} (smartstack:aws.zones)` }];
}

function emptiest(
  zones: readonly string[],
  kind: Kind,
  placed: ReadonlyMap<NamedHost, string>,
): string {
  const load = (zone: string): number =>
    [...placed].filter(([host, where]) => where === zone && kindOf(host) === kind).length;
  const [first = '', ...others] = zones;
  return others.reduce((best, zone) => (load(zone) < load(best) ? zone : best), first);
}

type Kind = 'zookeeper' | 'service';

/** A host with both roles counts as a member. */
export function kindOf({ roles }: Pick<NamedHost, 'roles'>): Kind {
  return roles.includes('zookeeper') ? 'zookeeper' : 'service';
}
