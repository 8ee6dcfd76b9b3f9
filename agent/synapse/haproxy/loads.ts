/**
 * Requests on servers in maintenance, which get no new ones. HAProxy tells of a whole backend at
 * once, so it is asked once for all that leave together, however many they are.
 */
import type { AdminSocket } from './admin.ts';
import { parseLoads } from './answers.ts';

export interface Loads {
  /** `undefined`: the server is gone. Rejects with `AdminError` when HAProxy does not answer. */
  of(backendId: number, server: string): Promise<number | undefined>;
}

/** Each backend's are asked for when first needed, and hold until the end of the pass. */
export function createLoads(admin: AdminSocket): Loads {
  const known = new Map<number, ReadonlyMap<string, number>>();
  return {
    of: async (backendId, server) => {
      const loads =
        known.get(backendId) ?? parseLoads(await admin.ask(`show stat ${backendId} 4 -1`));
      known.set(backendId, loads);
      return loads.get(server);
    },
  };
}
