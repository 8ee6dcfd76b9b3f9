import type { Clock } from '../../lib/clock.ts';
import type { CreateSession } from '../../zookeeper/ensembles.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';
import type { OnRead, RegistryRead } from './metrics.ts';

/** Sessions that tell how long their answers took. */
export function measured(create: CreateSession, clock: Clock, onRead: OnRead): CreateSession {
  return (hosts, resume) => {
    const session = create(hosts, resume);
    const measure = async <T>(
      kind: RegistryRead['kind'],
      path: string,
      answer: Promise<T>,
      size: (value: T) => number,
    ): Promise<T> => {
      const startedAtMs = clock.now();
      let bytes: number | undefined;
      try {
        const value = await answer;
        bytes = size(value);
        return value;
      } finally {
        onRead({ kind, hosts, path, elapsedMs: clock.now() - startedAtMs, bytes });
      }
    };
    return withReads(session, {
      children: (path) => measure('children', path, session.children(path), sizeOfNames),
      watchChildren: (path, onChange) =>
        measure('children', path, session.watchChildren(path, onChange), sizeOfNames),
      read: (path) => measure('get', path, session.read(path), (found) => found?.data.length ?? 0),
    });
  };
}

type Reads = Pick<ZooKeeperSession, 'children' | 'watchChildren' | 'read'>;

function withReads(session: ZooKeeperSession, reads: Reads): ZooKeeperSession {
  return {
    ...reads,
    start: () => session.start(),
    get state() {
      return session.state;
    },
    get sessionId() {
      return session.sessionId;
    },
    get credentials() {
      return session.credentials;
    },
    onState: (listener) => session.onState(listener),
    watchData: (path, onChange) => session.watchData(path, onChange),
    sync: (path) => session.sync(path),
    ensurePath: (path) => session.ensurePath(path),
    commit: (operations) => session.commit(operations),
    close: () => session.close(),
    abandon: () => session.abandon(),
  };
}

function sizeOfNames(names: readonly string[] | undefined): number {
  return (names ?? []).reduce((sum, name) => sum + name.length, 0);
}
