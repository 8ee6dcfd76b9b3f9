import { setTimeout as sleep } from 'node:timers/promises';
import { type Lock, LockedError, takeLock } from '../engine/lock.ts';

const pollMs = 100;

/** The lock, or `undefined` while another living process has it. */
export function tryLock(path: string): Lock | undefined {
  try {
    return takeLock(path);
  } catch (error) {
    if (error instanceof LockedError) return undefined;
    throw error;
  }
}

/** Runs `work` while no other process does work under the same lock; waits for its turn. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  let lock = tryLock(path);
  while (lock === undefined) {
    await sleep(pollMs);
    lock = tryLock(path);
  }
  try {
    return await work();
  } finally {
    lock.release();
  }
}
