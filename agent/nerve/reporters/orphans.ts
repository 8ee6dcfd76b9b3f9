import { mapBounded } from '../../lib/map-bounded.ts';
import { parseRegistration } from '../../registration.ts';
import type { ZooKeeperSession } from '../../zookeeper/session.ts';
import { depart, departureOf } from './depart.ts';
import { refusal } from './refusal.ts';

const atOnce = 8;

/**
 * Deletes those of `paths` that belong to the session `owner`, announced as removed: nodes of
 * services that went from the configuration while nerve was down, which a session that was taken
 * over would keep alive for ever.
 *
 * Rejects with `ZooKeeperError` when the session is lost meanwhile; to be repeated then.
 */
export async function removeOrphans(
  session: ZooKeeperSession,
  paths: readonly string[],
  owner: string | undefined = session.sessionId,
): Promise<void> {
  if (owner === undefined) return;
  await mapBounded(paths, atOnce, async (path) => {
    const node = await session.read(path);
    if (node?.ephemeralOwner !== owner) return;
    const parsed = parseRegistration(node.data);
    const removal = parsed.ok
      ? depart(session, [path], departureOf(parsed.registration, 'removed'))
      : session.commit([{ kind: 'delete', path }]);
    await refusal(removal);
  });
}
