import { instanceKeys, type ServiceDefinition } from './definition.ts';
import type { Service } from './service.ts';

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

  has(definition: ServiceDefinition): boolean {
    return instanceKeys(definition).some((key) => this.#nodes.has(key));
  }

  /** Those of instances that are configured no more. */
  orphans(definitions: Iterable<ServiceDefinition>): ReadonlyMap<string, RegisteredNode> {
    const claimed = new Set([...definitions].flatMap(instanceKeys));
    return new Map([...this.#nodes].filter(([key]) => !claimed.has(key)));
  }

  forget(keys: Iterable<string>): void {
    for (const key of keys) this.#nodes.delete(key);
  }

  /** Takes in what a service's reporters know. */
  learn({ definition, status }: Service): void {
    const keys = instanceKeys(definition);
    for (const [index, { place, registered, wanted, settled }] of status.reports.entries()) {
      const key = keys[index];
      if (key === undefined || place.type !== 'zookeeper') continue;
      if (registered !== undefined) this.#nodes.set(key, { hosts: place.hosts, path: registered });
      else if (wanted === 'down' && settled) this.#nodes.delete(key);
    }
  }

  toJSON(): Readonly<Record<string, RegisteredNode>> {
    return Object.fromEntries([...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}
