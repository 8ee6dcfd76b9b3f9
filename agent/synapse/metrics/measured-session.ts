import type { Clock } from '../../lib/clock.ts';
import type { CreateSession } from '../../zookeeper/ensembles.ts';
import type { NodeData, ZooKeeperSession } from '../../zookeeper/session.ts';
import type { OnRegistry, RegistryRead } from './metrics.ts';

/** Sessions that tell how long they took to connect, and to answer. */
export function measured(
  create: CreateSession,
  clock: Clock,
  onRegistry: OnRegistry,
): CreateSession {
  return (hosts, resume) => {
    const session = create(hosts, resume);
    onRegistry({ kind: 'created', hosts });
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
    const children = (path: string, leavesWatch: boolean) =>
      ({ kind: 'children', path, leavesWatch }) as const;
    const get = (path: string, leavesWatch: boolean) =>
      ({ kind: 'get', path, leavesWatch }) as const;
    return withOwn(session, {
      start: () => {
        tellWhenConnected(session, clock, (elapsedMs) =>
          onRegistry({ kind: 'connected', hosts, elapsedMs }),
        );
        session.start();
      },
      children: (path) => measure(children(path, false), session.children(path), sizeOfNames),
      watchChildren: (path, onChange) =>
        measure(children(path, true), session.watchChildren(path, onChange), sizeOfNames),
      read: (path) => measure(get(path, false), session.read(path), sizeOfData),
      watchData: (path, onChange) =>
        measure(get(path, true), session.watchData(path, onChange), sizeOfData),
    });
  };
}
