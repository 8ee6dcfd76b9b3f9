/** Who plays which part in a drill: chosen alike on every stack. */
import { modeOf } from '../support/probes.ts';
import { type Inventory, serviceOf } from './inventory.ts';

/** The first host that runs an instance of a service. */
export function firstOf({ outputs }: Inventory, service: string): string {
  const [host] = serviceOf(outputs, service).on;
  if (host === undefined) throw new Error(`${service} runs nowhere`);
  return host;
}

export async function leaderOf(inventory: Inventory): Promise<string> {
  const modes = await Promise.all(
    inventory.members.map((member) => modeOf(inventory.hosts, member).catch(() => 'silent')),
  );
  const leader = inventory.members[modes.indexOf('leader')];
  if (leader === undefined) throw new Error(`no member leads: ${modes.join(', ')}`);
  return leader;
}
