import type { ZooKeeperSession } from './session.ts';

export type CreateSession = (hosts: readonly string[]) => ZooKeeperSession;

/** One session for each ensemble, however many services live in it. */
export interface Ensembles {
  /** Started on its first use. The order of `hosts` does not matter. */
  session(hosts: readonly string[]): ZooKeeperSession;
  /** Ends the sessions of ensembles that `used` does not name. */
  closeUnused(used: readonly (readonly string[])[]): Promise<void>;
  status(): readonly EnsembleStatus[];
}

export interface EnsembleStatus {
  readonly hosts: string;
  readonly state: ZooKeeperSession['state']['kind'];
}

export function createEnsembles(create: CreateSession): Ensembles {
  const sessions = new Map<string, ZooKeeperSession>();
  return {
    session: (hosts) => {
      const key = keyOf(hosts);
      const session = sessions.get(key) ?? create(hosts);
      sessions.set(key, session);
      session.start();
      return session;
    },
    closeUnused: async (used) => {
      const keys = new Set(used.map(keyOf));
      const unused = [...sessions].filter(([key]) => !keys.has(key));
      for (const [key] of unused) sessions.delete(key);
      await Promise.all(unused.map(([, session]) => session.close()));
    },
    status: () => [...sessions].map(([hosts, { state }]) => ({ hosts, state: state.kind })),
  };
}

function keyOf(hosts: readonly string[]): string {
  return hosts.toSorted().join(',');
}
