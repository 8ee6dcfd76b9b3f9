/** What was announced below a service's path before: by this instance, and by others long ago. */
import { departedPath, parseDeparture } from '../../departure.ts';
import { mapBounded } from '../../lib/map-bounded.ts';
import type { Registration } from '../../registration.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../zookeeper/session.ts';
import { mayBeOwn } from './own-nodes.ts';
import { refusal } from './refusal.ts';

export interface Announcements {
  /** Paths of this instance's own: they are to go when it registers again. */
  readonly own: readonly string[];
  /** Paths of all others. */
  readonly others: readonly string[];
}

/** Consumers that were cut off so long take it for a failure. */
const lifetimeMs = 24 * 60 * 60 * 1_000;
/** Reads of one survey at most: what is left is for the next, or for another nerve. */
const maxReads = 100;
const readsAtOnce = 8;

/** One listing, and a read for each that may be this instance's. */
export async function listAnnouncements(
  session: ZooKeeperSession,
  path: string,
  registration: Registration,
): Promise<Announcements> {
  const folder = departedPath(path);
  const names = await listNames(session, folder);
  const candidates = names.filter((name) => mayBeOwn(name, registration)).slice(0, maxReads);
  const own = await mapBounded(candidates, readsAtOnce, async (name) =>
    (await isOwnAnnouncement(session, `${folder}/${name}`, registration)) ? [name] : [],
  );
  const ownNames = new Set(own.flat());
  const toPath = (name: string): string => `${folder}/${name}`;
  return {
    own: [...ownNames].map(toPath),
    others: names.filter((name) => !ownNames.has(name)).map(toPath),
  };
}

/** Deletes what was announced of an instance that is back, as far as the registry lets that be. */
export async function retract(session: ZooKeeperSession, paths: readonly string[]): Promise<void> {
  await mapBounded(paths, readsAtOnce, (path) =>
    refusal(session.commit([{ kind: 'delete', path }])),
  );
}

/** Deletes those that nobody needs any more, whoever made them; looks at some, begun anywhere. */
export async function expireAnnouncements(
  session: ZooKeeperSession,
  paths: readonly string[],
  { nowMs, random }: { readonly nowMs: number; readonly random: () => number },
): Promise<void> {
  const start = Math.floor(random() * paths.length);
  const some = [...paths.slice(start), ...paths.slice(0, start)].slice(0, maxReads);
  await mapBounded(some, readsAtOnce, (path) => refusal(expire(session, path, nowMs)));
}

async function expire(session: ZooKeeperSession, path: string, nowMs: number): Promise<void> {
  const node = await session.read(path);
  if (node === undefined || nowMs - node.modifiedAtMs < lifetimeMs) return;
  await session.commit([{ kind: 'delete', path }]);
}

/** Those that may not be seen are none of ours. */
async function listNames(session: ZooKeeperSession, folder: string): Promise<readonly string[]> {
  return (await session.children(folder).catch(notToBeSeen)) ?? [];
}

function notToBeSeen(error: unknown): undefined {
  if (error instanceof ZooKeeperError && error.code === 'no-auth') return undefined;
  throw error;
}

async function isOwnAnnouncement(
  session: ZooKeeperSession,
  path: string,
  { host, port, name }: Registration,
): Promise<boolean> {
  const node = await session.read(path).catch(notToBeSeen);
  const departed = node && parseDeparture(node.data);
  return departed?.host === host && departed.port === port && departed.name === name;
}
