import type { ZooKeeperSession } from '../../../agent/zookeeper/session.ts';

/** A change of a path's children that was not there yet when the watch was set. */
export interface ExpectedChange {
  /** When the watch fired for it, on the clock of `performance`. */
  readonly seenAtMs: Promise<number>;
}

/** Sets the watch and returns; whoever makes the change comes after. */
export async function expectChildren(
  session: ZooKeeperSession,
  path: string,
  holds: (children: readonly string[]) => boolean,
): Promise<ExpectedChange> {
  const seen = Promise.withResolvers<number>();
  let done = false;
  const look = async (firedAtMs: number | undefined): Promise<void> => {
    const listing = await session.watchChildren(path, () => {
      const nowMs = performance.now();
      if (!done) look(nowMs).catch(seen.reject);
    });
    if (!holds(listing?.children ?? [])) return;
    done = true;
    if (firedAtMs === undefined) seen.reject(new Error(`${path} is so already`));
    else seen.resolve(firedAtMs);
  };
  await look(undefined);
  return { seenAtMs: seen.promise };
}

/** Any registration at all; what nerve announces of departures is none. */
export const hasRegistration = (children: readonly string[]): boolean =>
  children.some((name) => name.startsWith('bench_'));

export const hasNone = (children: readonly string[]): boolean => !hasRegistration(children);
