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
export function withDeadline<T>(
  promise: Promise<T>,
  { ms, clock, signal }: DeadlineOptions,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const finish = (): void => {
      cancel();
      signal?.removeEventListener('abort', abort);
    };
    const abort = (): void => {
      finish();
      reject(signal?.reason);
    };
    const cancel = clock.after(ms, () => {
      finish();
      reject(new DeadlineError(ms));
    });
    promise.then(resolve, reject).finally(finish);
    if (signal?.aborted) abort();
    else signal?.addEventListener('abort', abort);
  });
}
