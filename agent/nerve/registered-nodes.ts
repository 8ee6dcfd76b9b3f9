import { sameEnsemble } from '../zookeeper/same-ensemble.ts';
import { type InstancePlaces, instanceKeys } from './definition.ts';
import type { Place } from './reporters/place.ts';
import type { ServiceStatus } from './service.ts';

/** A service, as far as it matters here. */
export interface Reported {
  readonly definition: InstancePlaces;
  readonly status: Pick<ServiceStatus, 'reports'>;
}

export interface RegisteredNode {
  readonly hosts: readonly string[];
  readonly path: string;
}

/**
 * Which nodes stand in ZooKeeper as far as is known, by the key of their instance. Of what a
 * restart left behind, and nothing has been found out about yet, the past is remembered.
 */
export class RegisteredNodes {
  readonly #nodes: Map<string, RegisteredNode>;

  constructor(nodes: Readonly<Record<string, RegisteredNode>>) {
    this.#nodes = new Map(Object.entries(nodes));
  }

  has(definition: InstancePlaces): boolean {
    if (instanceKeys(definition).some((key) => this.#nodes.has(key))) return true;
    return this.#underOtherLists(definition, [...this.#nodes]).length > 0;
  }

  /** Those of instances that are configured no more. */
  orphans(definitions: Iterable<InstancePlaces>): ReadonlyMap<string, RegisteredNode> {
    const all = [...definitions];
    const claimed = new Set(all.flatMap(instanceKeys));
    const left = [...this.#nodes].filter(([key]) => !claimed.has(key));
    if (left.length > 0) {
      for (const key of all.flatMap((one) => this.#underOtherLists(one, left))) claimed.add(key);
    }
    return new Map(left.filter(([key]) => !claimed.has(key)));
  }

  forget(keys: Iterable<string>): void {
    for (const key of keys) this.#nodes.delete(key);
  }

  /** Takes in what a service's reporters know. */
  learn({ definition, status }: Reported): void {
    for (const { place, registered, wanted, settled } of status.reports) {
      const [key] = instanceKeys({ ...definition, places: [place] });
      if (key === undefined || place.type !== 'zookeeper') continue;
      if (registered !== undefined) this.#set(key, definition, { ...place, path: registered });
      else if (wanted === 'down' && settled) this.#nodes.delete(key);
    }
  }

  #set(key: string, definition: InstancePlaces, { hosts, path }: RegisteredNode): void {
    if (!this.#nodes.has(key)) this.forget(this.#underOtherLists(definition, [...this.#nodes]));
    this.#nodes.set(key, { hosts, path });
  }

  /** Keys of the same instance from when its ensemble was named by other members. */
  #underOtherLists(
    { registration, places }: InstancePlaces,
    nodes: readonly (readonly [string, RegisteredNode])[],
  ): readonly string[] {
    return nodes.flatMap(([key, { hosts }]) => {
      const asThen = places.flatMap((place) => atOtherHosts(place, hosts));
      return instanceKeys({ registration, places: asThen }).includes(key) ? [key] : [];
    });
  }

  toJSON(): Readonly<Record<string, RegisteredNode>> {
    return Object.fromEntries([...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

function atOtherHosts(place: Place, hosts: readonly string[]): readonly Place[] {
  if (place.type !== 'zookeeper' || String(place.hosts) === String(hosts)) return [];
  return sameEnsemble(place.hosts, hosts) ? [{ ...place, hosts }] : [];
}
