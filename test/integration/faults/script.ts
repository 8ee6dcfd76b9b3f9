import { hereAtMs, type Inventory } from '../harness/inventory.ts';

/** Prints when it runs, by the host's clock. */
export const now = 'date +%s%3N';

/** Runs a script on a host; its last line is when it was done. */
export async function doneAt(inventory: Inventory, host: string, script: string): Promise<number> {
  return hereAtMs(inventory, host, await inventory.hosts.run(host, script));
}
