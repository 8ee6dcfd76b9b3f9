import { setTimeout as sleep } from 'node:timers/promises';

export interface EventuallyOptions {
  /** Default 10 s. */
  readonly deadlineMs?: number;
  /** Default 20 ms. */
  readonly pollMs?: number;
}

/** Repeats `probe` until it stops throwing; at the deadline throws what it threw last. */
export async function eventually<T>(
  probe: () => T | Promise<T>,
  { deadlineMs = 10_000, pollMs = 20 }: EventuallyOptions = {},
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
