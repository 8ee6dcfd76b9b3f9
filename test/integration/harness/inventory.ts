/** The stack as the drills know it: from its outputs, and from its hosts over ssh. */
import type { StackOutputs } from '../../../infra/stack-outputs.ts';
import { Hosts } from '../support/hosts.ts';
import { stackOutputs } from '../support/stack.ts';

export interface Inventory {
  readonly stack: string;
  readonly outputs: StackOutputs;
  readonly hosts: Hosts;
  /** Of the ensemble. */
  readonly members: readonly string[];
  readonly serviceHosts: readonly string[];
  /** By how much a host's clock is ahead of this machine's. */
  readonly clockAheadMs: Readonly<Record<string, number>>;
}

export async function takeInventory(stack: string): Promise<Inventory> {
  const outputs = await stackOutputs(stack);
  const hosts = new Hosts(outputs);
  const ahead = await Promise.all(
    Object.keys(outputs.hosts).map(async (name) => [name, await clockAhead(hosts, name)] as const),
  );
  return {
    stack,
    outputs,
    hosts,
    members: hosts.with('zookeeper'),
    serviceHosts: hosts.with('service'),
    clockAheadMs: Object.fromEntries(ahead),
  };
}

const rounds = 5;

/** From the quickest of some answers: its middle is closest to when the host looked. */
async function clockAhead(hosts: Hosts, name: string): Promise<number> {
  const looks: { readonly ms: number; readonly ahead: number }[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const from = Date.now();
    const there = Number(await hosts.run(name, 'date +%s%3N'));
    const to = Date.now();
    looks.push({ ms: to - from, ahead: there - (from + to) / 2 });
  }
  const best = looks.reduce((a, b) => (b.ms < a.ms ? b : a));
  // A clock that is right within the time of an answer is taken for right.
  return Math.abs(best.ahead) <= best.ms / 2 ? 0 : best.ahead;
}

/** When something is done on a host, by this machine's clock: its script prints `date +%s%3N`. */
export function hereAtMs({ clockAheadMs }: Inventory, host: string, printed: string): number {
  const at = Number(printed.trim().split('\n').at(-1));
  if (!Number.isFinite(at)) throw new Error(`no time in: ${printed}`);
  return at - (clockAheadMs[host] ?? 0);
}

/** The server of an instance, as HAProxy calls it: `backend/server`. */
export function serverOf({ outputs, hosts }: Inventory, service: string, host: string): string {
  const { port, tlsPort = port } = serviceOf(outputs, service);
  return `${service}/${host}_${hosts.address(host)}:${tlsPort}`;
}

export function serviceOf(
  outputs: StackOutputs,
  service: string,
): StackOutputs['services'][string] {
  const found = outputs.services[service];
  if (found === undefined) throw new Error(`the stack has no service "${service}"`);
  return found;
}
