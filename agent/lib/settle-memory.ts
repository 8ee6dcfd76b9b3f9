/** What a start leaves behind goes back to the host, and from then on little piles up. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './clock.ts';

/** The first work after a start is done by then. */
const settledMs = 5_000;

/**
 * Once, a little after the start: reading configuration and registry makes garbage that a daemon
 * which then waits would keep for hours, as V8 collects only when it needs room. Ends when aborted.
 *
 * After that the heap grows by a quarter of what lives until garbage is collected; by itself V8 lets
 * it grow fourfold. Not before: in a start everything grows, and a collection finds little. Source:
 * `GrowingFactor` in V8's `heap-controller.cc`; Node leaves V8's flags open while it runs.
 */
export async function settleMemory(clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(settledMs, signal).catch(() => undefined);
  if (signal.aborted) return;
  // The one way to ask for it without a flag on the command line; `last-resort` also shrinks the
  // young generation, which grows in a start.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  setFlagsFromString('--heap-growing-percent=25');
  if (typeof collect === 'function') collect({ type: 'major', flavor: 'last-resort' });
}
