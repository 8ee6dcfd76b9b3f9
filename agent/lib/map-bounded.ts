/** Like `Promise.all(items.map(work))`, with at most `limit` in flight; the first fault rejects. */
export async function mapBounded<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<readonly R[]> {
  const results = new Map<number, R>();
  const entries = items.entries();
  const lane = async (): Promise<void> => {
    for (const [index, item] of entries) results.set(index, await work(item));
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, lane));
  return [...results.entries()].sort(([a], [b]) => a - b).map(([, result]) => result);
}
