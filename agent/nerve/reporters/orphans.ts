import { mapBounded } from '../../lib/map-bounded.ts';
import { parseRegistration } from '../../registration.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../zookeeper/session.ts';
import { depart, departureOf } from './depart.ts';

const atOnce = 8;

/**
 * Deletes those of `paths` that belong to the session `owner`, announced as removed: nodes of
 * services that went from the configuration, which the session would keep alive for ever. Resolves to
 * what was there to be deleted.
 *
 * Rejects with `ZooKeeperError` where one cannot be deleted; to be repeated then.
 */
export async function removeOrphans(
  session: ZooKeeperSession,
  paths: readonly string[],
  owner: string | undefined = session.sessionId,
): Promise<readonly string[]> {
  if (owner === undefined) return [];
  const removed = await mapBounded(paths, atOnce, async (path) =>
    (await removeOrphan(session, path, owner)) ? [path] : [],
  );
  return removed.flat();
}

async function removeOrphan(
  session: ZooKeeperSession,
  path: string,
  owner: string,
): Promise<boolean> {
  const node = await session.read(path);
  if (node?.ephemeralOwner !== owner) return false;
  const parsed = parseRegistration(node.data);
  try {
    if (parsed.ok) await depart(session, [path], departureOf(parsed.registration, 'removed'));
    else await session.commit([{ kind: 'delete', path }]);
    return true;
  } catch (error) {
    // Somebody was faster.
    if (!(error instanceof ZooKeeperError && error.code === 'no-node')) throw error;
    return false;
  }
}
