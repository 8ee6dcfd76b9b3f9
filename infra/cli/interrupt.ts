import type { Interrupt } from './engines/engine.ts';

const graceMs = 5_000;
const lastResortMs = 15_000;

/** 128 + SIGINT, as shells have it. */
export const interruptedStatus = 130;

/**
 * Turns Ctrl-C into the two signals of an engine. A second Ctrl-C, or twenty seconds, end the
 * process whatever still runs: the state file is always whole.
 */
export function onInterrupt(tell: (line: string) => void): Interrupt {
  const stop = new AbortController();
  const kill = new AbortController();
  const handle = (): void => {
    if (stop.signal.aborted) process.exit(interruptedStatus);
    tell('Interrupted: letting running steps finish for a few seconds (Ctrl-C again: at once).');
    stop.abort(new Error('interrupted'));
    setTimeout(() => kill.abort(new Error('interrupted')), graceMs).unref();
    setTimeout(() => process.exit(interruptedStatus), graceMs + lastResortMs).unref();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
  return { stop: stop.signal, kill: kill.signal };
}
