import type { Clock } from './clock.ts';
import { linkAbort } from './linked-abort.ts';

export class DeadlineError extends Error {
  constructor(ms: number) {
    super(`no answer within ${Math.round(ms)} ms`);
    this.name = 'DeadlineError';
  }
}

export interface DeadlineOptions {
  readonly ms: number;
  readonly clock: Clock;
  readonly signal?: AbortSignal;
}

/**
 * Settles as `promise` does, or rejects with a `DeadlineError` after `ms`, or with the signal's
 * reason when aborted. The work behind `promise` goes on; its late result is dropped.
 */
export async function withDeadline<T>(
  promise: Promise<T>,
  { ms, clock, signal }: DeadlineOptions,
): Promise<T> {
  const waiting = linkAbort(signal);
  const expiry = clock.sleep(ms, waiting.signal).then(() => {
    throw new DeadlineError(ms);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    waiting.abort();
    expiry.catch(() => undefined);
    promise.catch(() => undefined);
  }
}
