/** Members of the ensemble; healed means that the ensemble serves again. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Inventory } from '../harness/inventory.ts';
import { modeOf } from '../support/probes.ts';
import type { Fault } from './fault.ts';
import { stopped } from './process.ts';
import { together } from './together.ts';

const serves = ['leader', 'follower'];
const pollMs = 50;
const patienceMs = 90_000;

export function membersStopped(members: readonly string[]): Fault {
  const stop = members.map((member) => stopped(member, 'zookeeper'));
  return thenServing(together(`stop of ZooKeeper`, stop));
}

/** The fault; its heal resolves when every member serves. */
export function thenServing(fault: Fault): Fault {
  return {
    ...fault,
    heal: async (inventory) => {
      await fault.heal(inventory);
      await allServe(inventory);
    },
  };
}

export async function allServe(inventory: Inventory): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const modes = await Promise.all(
      inventory.members.map((member) => modeOf(inventory.hosts, member).catch(String)),
    );
    if (modes.every((mode) => serves.includes(mode)) && modes.includes('leader')) return;
    if (Date.now() > deadline) throw new Error(`the ensemble does not serve: ${modes.join(', ')}`);
    await delay(pollMs);
  }
}
