/** Time as the daemons see it: a simulation replaces it. */
export interface Clock {
  /** Monotonic milliseconds since an arbitrary start. */
  now(): number;
  /** Wall-clock milliseconds since the epoch: for log lines, and for ends that outlive a restart. */
  wallMs(): number;
  /**
   * Calls back once after `ms`, unless cancelled by the function that it returns. Whatever came in by
   * then is taken first: a process that stood still, and so comes late itself, must not take an answer
   * that has long been there for none.
   */
  after(ms: number, callback: () => void): () => void;
  /** Resolves after `ms`; rejects with the signal's reason when aborted first. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** Timers hold no longer times than some weeks: who has to wait longer looks again now and then. */
export const longestWaitMs = 3_600_000;

/**
 * Resolves at the next multiple of `periodMs`: loops that beat alike wake a process that idles once,
 * together. Rejects with the signal's reason when aborted first.
 */
export function nextBeat(
  { now, sleep }: Pick<Clock, 'now' | 'sleep'>,
  periodMs: number,
  signal: AbortSignal,
): Promise<void> {
  return sleep(Math.ceil(periodMs - (now() % periodMs)), signal);
}

export const systemClock: Clock = {
  now: () => performance.now(),
  wallMs: () => Date.now(),
  after: (ms, callback) => {
    let immediate: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      immediate = setImmediate(callback);
    }, ms);
    return () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    };
  },
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const abort = (): void => {
        clearTimeout(timer);
        reject(signal.reason);
      };
      const timer = setTimeout(() => {
        signal.removeEventListener('abort', abort);
        resolve();
      }, ms);
      signal.addEventListener('abort', abort, { once: true });
    }),
};
