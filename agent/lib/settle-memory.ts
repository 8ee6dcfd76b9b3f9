/** What a start leaves behind goes back to the host. */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { Clock } from './clock.ts';

/** The first work after a start is done by then. */
const settledMs = 5_000;

/**
 * Once, a little after the start: reading configuration and registry makes garbage that a daemon
 * which then waits would keep for hours, as V8 collects only when it needs room. Ends when aborted.
 */
export async function settleMemory(clock: Clock, signal: AbortSignal): Promise<void> {
  await clock.sleep(settledMs, signal).catch(() => undefined);
  if (signal.aborted) return;
  // The one way to ask for it without a flag on the command line; `last-resort` also shrinks the
  // young generation, which grows in a start.
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') collect({ type: 'major', flavor: 'last-resort' });
}
