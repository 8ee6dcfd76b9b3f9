/** A change by `up` that is taken back. */
import type { Fault } from '../../faults/fault.ts';
import type { Stage } from '../../harness/drill.ts';

/** There, where `look` must find it, and back, with requests in between. */
export async function thereAndBack(
  stage: Stage,
  change: Fault,
  look: () => Promise<void>,
): Promise<void> {
  const { heal } = await stage.break(change);
  await look();
  await stage.requestsPass(100);
  await heal();
}

/** Rejects unless a command succeeds on all of these hosts. */
export async function succeedsOn(
  { inventory }: Stage,
  hosts: readonly string[],
  command: string,
): Promise<void> {
  await Promise.all(hosts.map((host) => inventory.hosts.run(host, command)));
}
