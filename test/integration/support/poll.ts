import { setTimeout as sleep } from 'node:timers/promises';

const pauseMs = 50;

/**
 * Asks again and again until `probe` no longer throws, and resolves to its value and to how long
 * that took. After `deadlineMs` the probe's own last error is thrown.
 */
export async function eventually<T>(
  deadlineMs: number,
  probe: () => Promise<T>,
): Promise<{ readonly value: T; readonly ms: number }> {
  const startedAt = performance.now();
  for (;;) {
    try {
      const value = await probe();
      return { value, ms: performance.now() - startedAt };
    } catch (error) {
      if (performance.now() - startedAt > deadlineMs) throw error;
    }
    await sleep(pauseMs);
  }
}
