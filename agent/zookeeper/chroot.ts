import type { WriteOperation } from './session.ts';

/** Paths of a session that lives below a node of the ensemble, as it and as the server name them. */
export interface Chroot {
  toServer(path: string): string;
  fromServer(path: string): string;
  /** The same operations where the server has them. */
  all(operations: readonly WriteOperation[]): readonly WriteOperation[];
}

/** @param root `/a/path`; empty for none */
export function createChroot(root: string): Chroot {
  const toServer = (path: string): string => (path === '/' ? root || '/' : `${root}${path}`);
  return {
    toServer,
    fromServer: (path) => path.slice(root.length) || '/',
    all: (operations) =>
      operations.map((operation) => ({ ...operation, path: toServer(operation.path) })),
  };
}
