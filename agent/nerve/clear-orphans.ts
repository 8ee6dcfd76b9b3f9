import { createBackoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Ensembles, ensembleKey } from '../zookeeper/ensembles.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../zookeeper/session.ts';
import type { RegisteredNode } from './registered-nodes.ts';
import { removeOrphans } from './reporters/orphans.ts';

export interface OrphanOptions {
  readonly ensembles: Ensembles;
  /** By the key of their instance. */
  readonly orphans: ReadonlyMap<string, RegisteredNode>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** Its service may have come back while its ensemble was away. */
  readonly isOrphan: (key: string) => boolean;
  /** These are gone, or are no longer ours. */
  readonly onCleared: (keys: readonly string[]) => void;
}

const retryMs = { baseMs: 100, capMs: 30_000 };

/**
 * A session keeps the nodes of services that are configured no more, where nerve was down when they
 * went, or their ensemble away: they are deleted as soon as that can be reached. In a fresh session
 * there are none.
 */
export async function clearOrphans(options: OrphanOptions, signal: AbortSignal): Promise<void> {
  const { orphans } = options;
  const ensembles = Map.groupBy(orphans, ([, { hosts }]) => ensembleKey(hosts));
  await Promise.all([...ensembles.values()].map((nodes) => clearThose(options, nodes, signal)));
}

async function clearThose(
  { ensembles, clock, random, logger, isOrphan, onCleared }: OrphanOptions,
  nodes: readonly (readonly [string, RegisteredNode])[],
  signal: AbortSignal,
): Promise<void> {
  const session = ensembles.session(nodes[0]?.[1].hosts ?? []);
  const backoff = createBackoff({ ...retryMs, random });
  const keys = nodes.map(([key]) => key);
  while (await connected(session, signal)) {
    const paths = nodes.flatMap(([key, { path }]) => (isOrphan(key) ? [path] : []));
    try {
      const removed = await removeOrphans(session, paths);
      if (removed.length > 0) logger.info('orphans-removed', { paths: removed });
      return onCleared(keys);
    } catch (error) {
      if (!(error instanceof ZooKeeperError)) throw error;
      logger.warn('orphans-not-removed', { paths, error });
      await clock.sleep(backoff.nextMs(), signal).catch(() => undefined);
    }
  }
}

/** Resolves to `false` when aborted. */
async function connected(session: ZooKeeperSession, signal: AbortSignal): Promise<boolean> {
  if (signal.aborted) return false;
  return await new Promise((resolve) => {
    if (session.state.kind === 'connected') return resolve(true);
    const unsubscribe = session.onState(({ kind }) => {
      if (kind !== 'connected') return;
      unsubscribe();
      resolve(true);
    });
    signal.addEventListener('abort', () => {
      unsubscribe();
      resolve(false);
    });
  });
}
