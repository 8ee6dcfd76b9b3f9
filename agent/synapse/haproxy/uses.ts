/**
 * Whether servers in maintenance, which get no new requests, are still in use. HAProxy tells of a whole
 * backend at once, so it is asked once for all that leave together, however many they are.
 */
import type { Clock } from '../../lib/clock.ts';
import type { AdminSocket } from './admin.ts';
import { parseLoads } from './answers.ts';
import { type Step, serverKey } from './plan.ts';

/** A number: nobody counts there any more, and in so many milliseconds nobody knows it either. */
export type Use = 'gone' | 'counted' | number;

export interface Uses {
  /** Rejects with `AdminError` when HAProxy does not answer. */
  of(
    server: Pick<Extract<Step, { kind: 'delete-server' }>, 'backend' | 'backendId' | 'server'>,
  ): Promise<Use>;
}

/**
 * A request whose connection failed counts nowhere while it waits to be sent elsewhere, for up to a
 * second, and yet HAProxy writes to the server that it left when it goes. Where that was deleted
 * meanwhile, it destroys what stands there now, and crashes: fixed in July 2026, from 3.0 on, by
 * "server: Properly check for streams before deletion". Twice that, as a busy HAProxy is late.
 */
const restMs = 2_000;

/**
 * What is asked holds until the end of the pass.
 *
 * @param unusedSince by `serverKey`, on the clock: from pass to pass
 */
export function createUses(
  admin: AdminSocket,
  unusedSince: Map<string, number>,
  clock: Pick<Clock, 'now'>,
): Uses {
  const known = new Map<number, ReadonlyMap<string, number>>();
  const loadsOf = async (backendId: number): Promise<ReadonlyMap<string, number>> => {
    const loads =
      known.get(backendId) ?? parseLoads(await admin.ask(`show stat ${backendId} 4 -1`));
    known.set(backendId, loads);
    return loads;
  };
  return {
    of: async ({ backend, backendId, server }) => {
      const key = serverKey(backend, server);
      const since = unusedSince.get(key);
      const leftMs = restMs - (since === undefined ? 0 : clock.now() - since);
      // In maintenance nobody comes to it: no need to ask.
      if (since !== undefined && leftMs > 0) return leftMs;
      const load = (await loadsOf(backendId)).get(server);
      if (load === undefined) return 'gone';
      if (load > 0) {
        unusedSince.delete(key);
        return 'counted';
      }
      if (since === undefined) unusedSince.set(key, clock.now());
      return Math.max(0, leftMs);
    },
  };
}
