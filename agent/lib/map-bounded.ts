import { createBounded } from './bounded.ts';

/** Like `Promise.all(items.map(work))`, with at most `limit` in flight; the first fault rejects. */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const bounded = createBounded(limit);
  return await Promise.all(items.map((item) => bounded(() => work(item))));
}
