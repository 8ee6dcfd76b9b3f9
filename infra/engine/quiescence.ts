import { setTimeout as sleep } from 'node:timers/promises';

const pollMs = 15;
const quietPolls = 3;
const patienceMs = 30_000;

/** What keeps the event loop alive now, counted by kind. */
export function loopActivity(): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/**
 * Resolves when nothing that began after `baseline` keeps the event loop alive any more.
 *
 * A Pulumi program has no explicit end: a callback of an output may register more resources
 * later. Pulumi's own host waits until the process has nothing left to do; this is the same
 * inside a process that has other things to do. What stays open for ever (a pooled connection
 * of the program's own) is waited for half a minute.
 */
export async function quiescence(baseline: ReadonlyMap<string, number>): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (let quiet = 0; quiet < quietPolls && performance.now() < deadline; ) {
    await sleep(pollMs);
    const busy = [...loopActivity()].some(([kind, count]) => count > (baseline.get(kind) ?? 0));
    quiet = busy ? 0 : quiet + 1;
  }
}
