import type { Registration } from '../../registration.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';
import { type Announcements, listAnnouncements } from './announcements.ts';
import { fixedPath, isOwn, mayBeOwn, type OwnNode } from './own-nodes.ts';
import type { ZooKeeperPlace } from './place.ts';

export interface Survey {
  /** This instance's nodes, those of former sessions included. */
  readonly nodes: readonly OwnNode[];
  readonly announcements: Announcements;
}

/**
 * This instance as the registry has it. Creates the service's path where it is missing.
 *
 * @param knownPath a node that is this instance's whatever somebody else wrote into it
 */
export async function survey(
  session: ZooKeeperSession,
  place: ZooKeeperPlace,
  registration: Registration,
  knownPath: string | undefined,
): Promise<Survey> {
  const { path } = place;
  await session.ensurePath(path);
  // A write whose answer was lost may have reached another member only.
  await session.sync(path);
  const claimed = new Set([knownPath, fixedPath(place, registration)]);
  const names = (await session.children(path)) ?? [];
  const paths = names
    .filter((name) => mayBeOwn(name, registration) || claimed.has(`${path}/${name}`))
    .map((name) => `${path}/${name}`);
  const [nodes, announcements] = await Promise.all([
    Promise.all(paths.map((one) => readNode(session, one))),
    listAnnouncements(session, path, registration),
  ]);
  const own = nodes
    .filter((node) => node !== undefined)
    .filter((node) => isOwn(node.data, registration) || claimed.has(node.path));
  return { nodes: own, announcements };
}

/** `undefined` for a node that went after it was listed. */
async function readNode(session: ZooKeeperSession, path: string): Promise<OwnNode | undefined> {
  const node = await session.read(path);
  return node && { path, data: node.data, owner: node.ephemeralOwner };
}
