import type { Clock } from './clock.ts';

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
  const settled = new AbortController();
  const either = signal ? AbortSignal.any([signal, settled.signal]) : settled.signal;
  const expiry = clock.sleep(ms, either).then(() => {
    throw new DeadlineError(ms);
  });
  try {
    return await Promise.race([promise, expiry]);
  } finally {
    settled.abort();
    expiry.catch(() => undefined);
    promise.catch(() => undefined);
  }
}
