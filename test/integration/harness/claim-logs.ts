/** What daemons and HAProxy said while a claim that failed was checked: its environment will be gone. */
import { loadavg } from 'node:os';
import { stackExists } from '../support/stack.ts';
import { takeInventory } from './inventory.ts';
import { excerpts } from './laws/logs.ts';

export async function printLogs(stack: string, fromMs: number): Promise<void> {
  console.log(`      · load of this machine: ${loadavg()[0]?.toFixed(1)}`);
  if (!(await stackExists(stack))) return;
  const inventory = await takeInventory(stack);
  try {
    for (const { host, unit, lines } of await excerpts(inventory, fromMs, [Date.now()])) {
      console.log(`      · ${unit} on ${host}:`);
      for (const { atMs, text } of lines) {
        console.log(`        ${new Date(atMs).toISOString().slice(11, 23)} ${text}`);
      }
    }
  } finally {
    await inventory.hosts.close();
  }
}
