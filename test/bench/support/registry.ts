/** Instances in ZooKeeper as nerve registers them, without a nerve. */
import { childPrefix, encodeRegistration, type Registration } from '../../../agent/registration.ts';
import type { WriteOperation, ZooKeeperSession } from '../../../agent/zookeeper/session.ts';

export interface NewNode {
  readonly path: string;
  readonly registration: Registration;
}

export interface Registry {
  /** Resolves to the node once it is there. */
  add(path: string, registration: Registration): Promise<string>;
  remove(node: string): Promise<void>;
  /** All or nothing; resolves to the new nodes. */
  change(added: readonly NewNode[], removed: readonly string[]): Promise<readonly string[]>;
  prepare(paths: readonly string[]): Promise<void>;
  /** As many as there may be, below paths that need not be there. */
  fill(nodes: readonly NewNode[], options?: { readonly encoded?: boolean }): Promise<void>;
}

/** Well below what one request may hold. */
const nodesAtOnce = 200;
const pathsAtOnce = 50;

export function createRegistry(session: ZooKeeperSession): Registry {
  const change: Registry['change'] = (added, removed) =>
    session.commit([
      ...added.map((node) => creation(node, false)),
      ...removed.map((path): WriteOperation => ({ kind: 'delete', path })),
    ]);
  const prepare: Registry['prepare'] = async (paths) => {
    for (const some of chunks(paths, pathsAtOnce)) {
      await Promise.all(some.map((path) => session.ensurePath(path)));
    }
  };
  return {
    add: async (path, registration) => {
      const [node = ''] = await change([{ path, registration }], []);
      return node;
    },
    remove: async (node) => {
      await change([], [node]);
    },
    change,
    prepare,
    fill: async (nodes, { encoded = false } = {}) => {
      await prepare([...new Set(nodes.map(({ path }) => path))]);
      for (const some of chunks(nodes, nodesAtOnce)) {
        await session.commit(some.map((node) => creation(node, encoded)));
      }
    },
  };
}

function creation({ path, registration }: NewNode, encoded: boolean): WriteOperation {
  return {
    kind: 'create',
    path: `${path}/${childPrefix(registration, encoded)}`,
    data: encodeRegistration(registration),
    mode: 'ephemeral_sequential',
  };
}

function chunks<T>(all: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(all.length / size);
  return Array.from({ length: count }, (_, index) => all.slice(index * size, (index + 1) * size));
}
