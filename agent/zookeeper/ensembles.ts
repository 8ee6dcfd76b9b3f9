import type { Access } from './access.ts';
import { sameEnsemble } from './same-ensemble.ts';
import type { SessionCredentials, ZooKeeperSession } from './session.ts';

/** @param resume a session of an earlier process to take over */
export type CreateSession = (
  hosts: readonly string[],
  resume?: SessionCredentials,
) => ZooKeeperSession;

/** One session for each ensemble, however many services live in it. */
export interface Ensembles {
  /**
   * Started on its first use. A list that shares a member with another names the same ensemble,
   * which grew or shrank: the session is the same, and knows the hosts of both.
   */
  session(hosts: readonly string[]): ZooKeeperSession;
  /** All sessions come so from now on. */
  use(access: Access): void;
  /** Ends the sessions of ensembles that `used` does not name; the others know no more hosts. */
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

interface Entry {
  readonly session: ZooKeeperSession;
  /** All that it may connect to. */
  hosts: readonly string[];
}

export function createEnsembles({ create, resume, onChange }: EnsemblesOptions): Ensembles {
  const entries = new Set<Entry>();
  const resumable = new Map(resume);
  let current: Access | undefined;
  const open = (hosts: readonly string[]): Entry => {
    const [key, credentials] = forHosts(resumable, hosts);
    const session = create(hosts, credentials);
    resumable.delete(key);
    if (current) session.use(current);
    if (onChange) session.onState(onChange);
    const entry = { session, hosts };
    entries.add(entry);
    return entry;
  };
  return {
    session: (hosts) => {
      const entry = [...entries].find((one) => sameEnsemble(one.hosts, hosts)) ?? open(hosts);
      tell(entry, [entry.hosts, hosts]);
      entry.session.start();
      return entry.session;
    },
    use: (access) => {
      current = access;
      for (const { session } of entries) session.use(access);
    },
    closeUnused: async (used) => {
      const unused: ZooKeeperSession[] = [];
      for (const entry of [...entries]) {
        const lists = used.filter((hosts) => sameEnsemble(hosts, entry.hosts));
        if (lists.length > 0) {
          tell(entry, lists);
          continue;
        }
        entries.delete(entry);
        unused.push(entry.session);
      }
      await Promise.all(unused.map((session) => session.close()));
    },
    status: () =>
      [...entries].map(({ hosts, session }) => ({
        hosts: ensembleKey(hosts),
        state: session.state.kind,
      })),
    credentials: () =>
      new Map(
        [...entries].flatMap(({ hosts, session: { credentials } }) =>
          credentials === undefined ? [] : [[ensembleKey(hosts), credentials]],
        ),
      ),
    abandon: () => {
      for (const { session } of entries) session.abandon();
      entries.clear();
    },
  };
}

/** The session goes on; from its next connection on it knows all of these, and no others. */
function tell(entry: Entry, lists: readonly (readonly string[])[]): void {
  const hosts = [...new Set(lists.flat())];
  if (ensembleKey(hosts) === ensembleKey(entry.hosts)) return;
  entry.hosts = hosts;
  entry.session.useHosts(hosts);
}

/** Of an earlier process, which may have known other members. */
function forHosts(
  resumable: ReadonlyMap<string, SessionCredentials>,
  hosts: readonly string[],
): readonly [string, SessionCredentials | undefined] {
  const key = ensembleKey(hosts);
  const known = resumable.has(key)
    ? key
    : [...resumable.keys()].find((one) => sameEnsemble(one.split(','), hosts));
  return known === undefined ? [key, undefined] : [known, resumable.get(known)];
}

/** The same for the same members in any order. */
export function ensembleKey(hosts: readonly string[]): string {
  return hosts.toSorted().join(',');
}
