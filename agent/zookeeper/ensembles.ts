import type { Access } from './access.ts';
import type { SessionCredentials, ZooKeeperSession } from './session.ts';

/** @param resume a session of an earlier process to take over */
export type CreateSession = (
  hosts: readonly string[],
  resume?: SessionCredentials,
) => ZooKeeperSession;

/** One session for each ensemble, however many services live in it. */
export interface Ensembles {
  /** Started on its first use. The order of `hosts` does not matter. */
  session(hosts: readonly string[]): ZooKeeperSession;
  /** All sessions come so from now on. */
  use(access: Access): void;
  /** Ends the sessions of ensembles that `used` does not name. */
  closeUnused(used: readonly (readonly string[])[]): Promise<void>;
  status(): readonly EnsembleStatus[];
  /** What a later process needs to take over the sessions, by `ensembleKey`. */
  credentials(): ReadonlyMap<string, SessionCredentials>;
  /** Leaves every session without ending it: its nodes stay until it times out. */
  abandon(): void;
}

export interface EnsemblesOptions {
  readonly create: CreateSession;
  /** Sessions of an earlier process, by `ensembleKey`; each is used once. */
  readonly resume?: ReadonlyMap<string, SessionCredentials>;
  /** A session was established or lost. */
  readonly onChange?: () => void;
}

export interface EnsembleStatus {
  readonly hosts: string;
  readonly state: ZooKeeperSession['state']['kind'];
}

export function createEnsembles({ create, resume, onChange }: EnsemblesOptions): Ensembles {
  const sessions = new Map<string, ZooKeeperSession>();
  const resumable = new Map(resume);
  let current: Access | undefined;
  const open = (key: string, hosts: readonly string[]): ZooKeeperSession => {
    const session = create(hosts, resumable.get(key));
    resumable.delete(key);
    if (current) session.use(current);
    if (onChange) session.onState(onChange);
    sessions.set(key, session);
    return session;
  };
  return {
    session: (hosts) => {
      const key = ensembleKey(hosts);
      const session = sessions.get(key) ?? open(key, hosts);
      session.start();
      return session;
    },
    use: (access) => {
      current = access;
      for (const session of sessions.values()) session.use(access);
    },
    closeUnused: async (used) => {
      const keys = new Set(used.map(ensembleKey));
      const unused = [...sessions].filter(([key]) => !keys.has(key));
      for (const [key] of unused) sessions.delete(key);
      await Promise.all(unused.map(([, session]) => session.close()));
    },
    status: () => [...sessions].map(([hosts, { state }]) => ({ hosts, state: state.kind })),
    credentials: () =>
      new Map(
        [...sessions].flatMap(([key, { credentials }]) =>
          credentials === undefined ? [] : [[key, credentials]],
        ),
      ),
    abandon: () => {
      for (const session of sessions.values()) session.abandon();
      sessions.clear();
    },
  };
}

/** The same for the same members in any order. */
export function ensembleKey(hosts: readonly string[]): string {
  return hosts.toSorted().join(',');
}
