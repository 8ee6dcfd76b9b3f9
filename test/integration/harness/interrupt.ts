/**
 * The first Ctrl-C, or a signal like it, ends the test or the drill, which heals what it broke; the
 * second ends the process at once, and says what that means.
 */
export function onInterrupt(): AbortSignal {
  const abort = new AbortController();
  const handle = (): void => {
    if (abort.signal.aborted) {
      console.error('Ended at once: what was broken may not be healed.');
      process.exit(130);
    }
    console.error('Interrupted: healing what is broken (Ctrl-C again: at once).');
    abort.abort(new Error('interrupted'));
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, handle);
  return abort.signal;
}
