import type { Registration } from '../../registration.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';
import { isOwn, mayBeOwn, type OwnNode } from './own-nodes.ts';

/**
 * This instance's nodes as the registry has them, those of former sessions included. Creates the
 * service's path where it is missing.
 *
 * @param knownPath a node that is this instance's whatever somebody else wrote into it
 */
export async function surveyOwnNodes(
  session: ZooKeeperSession,
  path: string,
  registration: Registration,
  knownPath: string | undefined,
): Promise<readonly OwnNode[]> {
  await session.ensurePath(path);
  // A write whose answer was lost may have reached another member only.
  await session.sync(path);
  const names = (await session.children(path)) ?? [];
  const paths = names
    .filter((name) => mayBeOwn(name, registration) || `${path}/${name}` === knownPath)
    .map((name) => `${path}/${name}`);
  const nodes = await Promise.all(paths.map((one) => readNode(session, one)));
  return nodes
    .filter((node) => node !== undefined)
    .filter((node) => isOwn(node.data, registration) || node.path === knownPath);
}

/** `undefined` for a node that went after it was listed. */
async function readNode(session: ZooKeeperSession, path: string): Promise<OwnNode | undefined> {
  const node = await session.read(path);
  return node && { path, data: node.data, owner: node.ephemeralOwner };
}
