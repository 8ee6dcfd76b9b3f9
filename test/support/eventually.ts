import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 30 s: bounds how long a test that fails takes, on a machine however busy. */
  readonly deadlineMs?: number;
  /** Default 20 ms. */
  readonly pollMs?: number;
}

/** Repeats `probe` until it stops throwing; at the deadline throws what it threw last. */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { deadlineMs = 30_000, pollMs = 20 }: EventuallyOptions = {},
): Promise<T> {
  const endMs = performance.now() + deadlineMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (performance.now() >= endMs) throw error;
      await sleep(pollMs);
    }
  }
}

/** Repeats `probe` for `durationMs`; throws as soon as it throws. */
export async function throughout(
  probe: () => unknown,
  { durationMs, pollMs = 20 }: { readonly durationMs: number; readonly pollMs?: number },
): Promise<void> {
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    await probe();
    await sleep(pollMs);
  }
}

/** Repeats `probe` while `work` goes on, however long that takes; throws what either throws. */
export async function during<T>(
  work: Promise<T>,
  probe: () => unknown,
  { pollMs = 1 }: Pick<EventuallyOptions, 'pollMs'> = {},
): Promise<T> {
  let isOver = false;
  const ended = work.finally(() => {
    isOver = true;
  });
  // Thrown below; a probe that throws first leaves it behind.
  ended.catch(() => undefined);
  do {
    await probe();
    await sleep(pollMs);
  } while (!isOver);
  return await ended;
}
