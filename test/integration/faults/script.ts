import { hereAtMs, type Inventory } from '../harness/inventory.ts';

/** Prints when it runs, by the host's clock. */
export const now = 'date +%s%3N';

/** Runs a script on a host; its last line is when it was done. */
export async function doneAt(inventory: Inventory, host: string, script: string): Promise<number> {
  return hereAtMs(inventory, host, await inventory.hosts.run(host, script));
}

/** Runs a command on a host; resolves to when the host began to. */
export function askedAt(inventory: Inventory, host: string, command: string): Promise<number> {
  return doneAt(inventory, host, `at=$(${now}); ${command} >&2; echo $at`);
}
