/** Who plays which part in a drill: chosen alike on every stack. */
import { modeOf } from '../support/probes.ts';
import type { Drill } from './drill.ts';
import { type Inventory, serviceOf } from './inventory.ts';

/** The first host that runs an instance of a service. */
export function firstOf({ outputs }: Inventory, service: string): string {
  const [host] = serviceOf(outputs, service).on;
  if (host === undefined) throw new Error(`${service} runs nowhere`);
  return host;
}

export async function leaderOf(inventory: Inventory): Promise<string> {
  const modes = await modesOf(inventory);
  const leader = inventory.members.find((_, index) => modes[index] === 'leader');
  if (leader === undefined) throw new Error(`no member leads: ${modes.join(', ')}`);
  return leader;
}

export async function followersOf(inventory: Inventory): Promise<readonly string[]> {
  const leader = await leaderOf(inventory);
  return inventory.members.filter((member) => member !== leader);
}

function modesOf({ members, hosts }: Inventory): Promise<readonly string[]> {
  return Promise.all(members.map((member) => modeOf(hosts, member).catch(() => 'silent')));
}

/** Why a drill cannot run where the tutorial's services are not. */
export function withoutTutorial({ outputs }: Inventory): string | undefined {
  const missing = ['service_a', 'service_b'].filter((name) => !(name in outputs.services));
  return missing.length === 0 ? undefined : `the stack has no ${missing.join(', ')}`;
}

/** Why a drill cannot run where a member cannot be spared. */
export function withoutQuorumToSpare({ members }: Inventory): string | undefined {
  return members.length >= 3 ? undefined : `the ensemble has ${members.length} member(s)`;
}

type Cannot = NonNullable<Drill['cannot']>;

/** The first reason there is. */
export function either(...reasons: readonly Cannot[]): Cannot {
  return async (inventory) => {
    for (const reason of reasons) {
      const because = await reason(inventory);
      if (because !== undefined) return because;
    }
    return undefined;
  };
}
