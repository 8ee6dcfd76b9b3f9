import { eventually as poll } from '../../support/eventually.ts';

/**
 * Asks again and again until `probe` no longer throws, and resolves to its value and to how long
 * that took. After `deadlineMs` the probe's own last error is thrown.
 */
export async function eventually<T>(
  deadlineMs: number,
  probe: () => Promise<T>,
): Promise<{ readonly value: T; readonly ms: number }> {
  const startedAt = performance.now();
  const value = await poll(probe, { deadlineMs, pollMs: 50 });
  return { value, ms: performance.now() - startedAt };
}

/** Far above what anything takes that happens at once: a busy machine fails no claim. */
export const soonMs = 30_000;
