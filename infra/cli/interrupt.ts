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
    if (stop.signal.aborted) exitNow(kill);
    tell('Interrupted: letting running steps finish for a few seconds (Ctrl-C again: at once).');
    stop.abort(new Error('interrupted'));
    setTimeout(() => kill.abort(new Error('interrupted')), graceMs).unref();
    setTimeout(() => exitNow(kill), graceMs + lastResortMs).unref();
  };
  for (const signal of signals) process.on(signal, handle);
  return { stop: stop.signal, kill: kill.signal };
}

/**
 * For an engine in a process of its own, which hears Ctrl-C by itself: notes it, and waits for
 * that process, however long it takes to end in order.
 */
export function noteInterrupt(): Interrupt {
  const stop = new AbortController();
  for (const signal of signals) process.on(signal, () => stop.abort(new Error('interrupted')));
  return { stop: stop.signal, kill: new AbortController().signal };
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

// Local commands have process groups of their own and would outlive us.
function exitNow(kill: AbortController): never {
  kill.abort(new Error('interrupted'));
  process.exit(interruptedStatus);
}
