/** TLS to the ensemble and among its members comes and goes, as people do it: by the catalog. */
import type { Inventory } from '../harness/inventory.ts';
import { bringUp } from '../support/stack.ts';
import type { Fault } from './fault.ts';

const folder = 'test/integration/drills/catalog';

/** Healed by turning it off, and then by saying no more of it. */
export function ensembleTlsOn({ members, serviceHosts }: Inventory): Fault {
  return {
    what: 'TLS of the ensemble is turned on',
    hosts: [...members, ...serviceHosts],
    restarts: members.map((host) => ({ host, unit: 'zookeeper' })),
    break: async ({ stack }) => {
      const atMs = Date.now();
      await bringUp(stack, `${folder}/ensemble-tls-on.ts`);
      return atMs;
    },
    heal: async ({ stack }) => {
      for (const catalog of ['ensemble-tls-off.ts', 'catalog.ts']) {
        await bringUp(stack, `${folder}/${catalog}`);
      }
    },
  };
}
