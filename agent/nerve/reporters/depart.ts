/** Deletes nodes of one instance, and announces in the same transaction that it is on purpose. */
import {
  announcementPath,
  type Departed,
  type Departure,
  departedPath,
  encodeDeparture,
} from '../../departure.ts';
import type { WriteOperation, ZooKeeperSession } from '../../zookeeper/session.ts';
import { refusal } from './refusal.ts';

/**
 * Resolves to the paths of the announcements. They are worth a try and no more: where the registry
 * refuses them, the nodes are deleted all the same.
 */
export async function depart(
  session: ZooKeeperSession,
  nodes: readonly string[],
  departure: Departure,
): Promise<readonly string[]> {
  const removals: readonly WriteOperation[] = nodes.map((path) => ({ kind: 'delete', path }));
  const data = encodeDeparture(departure);
  const paths = nodes.map(announcementPath).filter((path) => path !== undefined);
  const creations: readonly WriteOperation[] = paths.map((path) => ({
    kind: 'create',
    path,
    data,
    mode: 'persistent',
  }));
  if (paths.length > 0 && (await commitBelow(session, [...removals, ...creations], nodes))) {
    return paths;
  }
  await session.commit(removals);
  return [];
}

export function departureOf(
  { host, port, name }: Departed,
  reason: Departure['reason'],
): Departure {
  return { reason, host, port, name };
}

/** The folder of announcements is made when it turns out to be missing. */
async function commitBelow(
  session: ZooKeeperSession,
  operations: readonly WriteOperation[],
  nodes: readonly string[],
): Promise<boolean> {
  const folders = new Set(nodes.map((path) => departedPath(path.slice(0, path.lastIndexOf('/')))));
  const attempt = async (): Promise<void> => {
    await session.commit(operations);
  };
  const refused = await refusal(attempt());
  if (refused !== 'no-node') return refused === undefined;
  const again = Promise.all([...folders].map((folder) => session.ensurePath(folder))).then(attempt);
  return (await refusal(again)) === undefined;
}
