/** A service is changed as people do it: in the catalog, and by `npm run up`. */
import { drillCatalog } from '../support/catalog-file.ts';
import { bringUp, npmRun, type Run } from '../support/stack.ts';
import type { Fault } from './fault.ts';

export interface Deploy {
  readonly what: string;
  readonly service: string;
  /** Whose instances are started anew. */
  readonly hosts: readonly string[];
  /** A file of `drills/catalog/`. */
  readonly catalog: string;
  /** Told how the `up` that brings it ended. */
  readonly ended: (run: Run) => void;
}

/** Healed by the `up` that brings the service back as it was. */
export function deployed({ what, service, hosts, catalog, ended }: Deploy): Fault {
  return {
    what: `an up with ${what}`,
    hosts,
    restarts: hosts.map((host) => ({ host, unit: service })),
    cutsConnections: true,
    break: async ({ stack }) => {
      ended(
        await npmRun(stack, 'up', [], { catalog: `test/integration/drills/catalog/${catalog}` }),
      );
      return Date.now();
    },
    heal: ({ stack }) => bringUp(stack, drillCatalog),
  };
}
