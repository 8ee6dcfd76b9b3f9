import { createBackoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type Ensembles, ensembleKey } from '../zookeeper/ensembles.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../zookeeper/session.ts';
import type { RegisteredNode } from './registered-nodes.ts';
import { removeOrphans } from './reporters/orphans.ts';

export interface OrphanOptions {
  readonly ensembles: Ensembles;
  /** Those of now, by the key of their instance: a service may come back. */
  readonly orphans: () => ReadonlyMap<string, RegisteredNode>;
  /** Keys of those that are seen to already: grows and shrinks here. */
  readonly beingCleared: Set<string>;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  /** The nodes of these are gone, or are no longer ours. */
  readonly onCleared: (keys: readonly string[]) => void;
}

const retryMs = { baseMs: 100, capMs: 30_000 };

/**
 * A session keeps the nodes of services that are configured no more, where nerve was down when they
 * went, or their ensemble away: they are deleted as soon as that can be reached. In a fresh session
 * there are none.
 */
export async function clearOrphans(options: OrphanOptions, signal: AbortSignal): Promise<void> {
  const { orphans, beingCleared } = options;
  const unattended = [...orphans()].filter(([key]) => !beingCleared.has(key));
  const ensembles = Map.groupBy(unattended, ([, { hosts }]) => ensembleKey(hosts));
  await Promise.all([...ensembles.values()].map((nodes) => clearThose(options, nodes, signal)));
}

async function clearThose(
  { ensembles, orphans, beingCleared, clock, random, logger, onCleared }: OrphanOptions,
  nodes: readonly (readonly [string, RegisteredNode])[],
  signal: AbortSignal,
): Promise<void> {
  const session = ensembles.session(nodes[0]?.[1].hosts ?? []);
  const backoff = createBackoff({ ...retryMs, random });
  for (const [key] of nodes) beingCleared.add(key);
  const present = (): typeof nodes => {
    const all = orphans();
    return nodes.filter(([key]) => all.has(key));
  };
  while (await connected(session, signal)) {
    const paths = present().map(([, { path }]) => path);
    try {
      const removed = await removeOrphans(session, paths);
      if (removed.length > 0) logger.info('orphans-removed', { paths: removed });
      for (const [key] of nodes) beingCleared.delete(key);
      return onCleared(present().map(([key]) => key));
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
