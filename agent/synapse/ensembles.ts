/** One ZooKeeper session for each ensemble, however many services live in it. */
import type { ZooKeeperSession } from '../zookeeper/session.ts';

export type CreateSession = (hosts: readonly string[]) => ZooKeeperSession;

export class Ensembles {
  readonly #create: CreateSession;
  readonly #sessions = new Map<string, ZooKeeperSession>();

  constructor(create: CreateSession) {
    this.#create = create;
  }

  /** Started on its first use. */
  session(hosts: readonly string[]): ZooKeeperSession {
    const key = keyOf(hosts);
    const known = this.#sessions.get(key);
    if (known !== undefined) return known;
    const session = this.#create(hosts);
    this.#sessions.set(key, session);
    session.start();
    return session;
  }

  /** Ends the sessions that `used` no longer names. */
  async closeUnused(used: readonly (readonly string[])[]): Promise<void> {
    const keys = new Set(used.map(keyOf));
    const unused = [...this.#sessions].filter(([key]) => !keys.has(key));
    for (const [key] of unused) this.#sessions.delete(key);
    await Promise.all(unused.map(([, session]) => session.close()));
  }

  status(): readonly { readonly hosts: string; readonly state: string }[] {
    return [...this.#sessions].map(([hosts, { state }]) => ({ hosts, state: state.kind }));
  }
}

function keyOf(hosts: readonly string[]): string {
  return hosts.toSorted().join(',');
}
