import type { Logger } from '../lib/logger.ts';
import type { Access } from './access.ts';
import { acls, isAclOf } from './acl.ts';
import type { Chroot } from './chroot.ts';
import type { Request } from './connection.ts';
import { readAcl, writeAcl } from './operations.ts';
import { ZooKeeperError } from './session.ts';

export interface ProtectorOptions {
  readonly request: Request;
  readonly access: Access;
  readonly chroot: Chroot;
  readonly logger: Logger;
}

/**
 * Gives a path, and what stands above it from `access.root` down, the ACL of `access`. Each node is
 * looked at once: a protector lives as long as a connection. A changed ACL fires no watch.
 */
export function createProtector(options: ProtectorOptions): (path: string) => Promise<void> {
  const seen = new Map<string, Promise<void>>();
  const look = (path: string): Promise<void> => {
    const known = seen.get(path);
    if (known !== undefined) return known;
    const looking = protectNode(options, path);
    seen.set(path, looking);
    looking.catch(() => seen.delete(path));
    return looking;
  };
  return async (path) => {
    for (const node of pathsBetween(options.access.root, path)) await look(node);
  };
}

/** `/a/b` and `/a/b/c/d`: those two and `/a/b/c`, the upper ones first. */
export function pathsBetween(root: string | undefined, path: string): readonly string[] {
  if (root === undefined || !`${path}/`.startsWith(`${root}/`)) return [];
  const below = path.slice(root.length).split('/').slice(1);
  return [root, ...below.map((_, index) => [root, ...below.slice(0, index + 1)].join('/'))];
}

/** What others own is left to them: the log says so. */
async function protectNode(
  { request, access: { acl, identities }, chroot, logger }: ProtectorOptions,
  path: string,
): Promise<void> {
  try {
    const found = await readAcl(request, chroot.toServer(path));
    if (found === undefined || isAclOf(found, acl, identities)) return;
    await writeAcl(request, chroot.toServer(path), acls[acl]);
    logger.info('acl-set', { path, acl });
  } catch (error) {
    const code = error instanceof ZooKeeperError ? error.code : undefined;
    if (code !== 'no-auth' && code !== 'no-node') throw error;
    if (code === 'no-auth') logger.warn('acl-refused', { path, acl, error });
  }
}
