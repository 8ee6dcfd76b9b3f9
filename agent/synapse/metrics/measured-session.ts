import type { Clock } from '../../lib/clock.ts';
import type { CreateSession } from '../../zookeeper/ensembles.ts';
import type { NodeData, ZooKeeperSession } from '../../zookeeper/session.ts';
import { sessionWith } from '../../zookeeper/session-with.ts';
import type { OnRegistry, RegistryRead } from './metrics.ts';

/** Sessions that tell how long they took to connect, and then to answer. */
export function measured(
  create: CreateSession,
  clock: Clock,
  onRegistry: OnRegistry,
): CreateSession {
  return (hosts, resume) => {
    const session = create(hosts, resume);
    onRegistry({ kind: 'created', hosts });
    const connecting = createStopwatch(session, clock, (elapsedMs) =>
      onRegistry({ kind: 'connected', hosts, elapsedMs }),
    );
    const measure = async <T>(
      read: Pick<RegistryRead, 'kind' | 'path' | 'leavesWatch'>,
      answer: Promise<T | undefined>,
      size: (value: T) => number,
    ): Promise<T | undefined> => {
      const startedAtMs = clock.now();
      let outcome: Pick<RegistryRead, 'bytes' | 'isThere'> = { bytes: undefined, isThere: false };
      try {
        const value = await answer;
        outcome = { bytes: value === undefined ? 0 : size(value), isThere: value !== undefined };
        return value;
      } finally {
        onRegistry({ ...read, ...outcome, hosts, elapsedMs: clock.now() - startedAtMs });
      }
    };
    const listing = (path: string, leavesWatch: boolean) =>
      ({ kind: 'children', path, leavesWatch }) as const;
    const reading = (path: string, leavesWatch: boolean) =>
      ({ kind: 'get', path, leavesWatch }) as const;
    return sessionWith(session, {
      start: () => {
        connecting.start();
        session.start();
      },
      children: (path) => measure(listing(path, false), session.children(path), sizeOfNames),
      watchChildren: (path, onChange) =>
        measure(listing(path, true), session.watchChildren(path, onChange), ({ children }) =>
          sizeOfNames(children),
        ),
      read: (path) => measure(reading(path, false), session.read(path), sizeOfData),
      watchData: (path, onChange) =>
        measure(reading(path, true), session.watchData(path, onChange), sizeOfData),
    });
  };
}

/** Runs from the first start until the first connection. */
function createStopwatch(
  session: ZooKeeperSession,
  clock: Clock,
  onConnected: (elapsedMs: number) => void,
): { start(): void } {
  let isStarted = false;
  return {
    start: () => {
      if (isStarted) return;
      isStarted = true;
      const startedAtMs = clock.now();
      const stopListening = session.onState(({ kind }) => {
        if (kind !== 'connected') return;
        stopListening();
        onConnected(clock.now() - startedAtMs);
      });
    },
  };
}

function sizeOfNames(names: readonly string[]): number {
  return names.reduce((sum, name) => sum + name.length, 0);
}

function sizeOfData({ data }: NodeData): number {
  return data.length;
}
