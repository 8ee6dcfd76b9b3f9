/** The smallest number from `from` on that is not taken: something to suggest. */
export function firstFree(from: number, taken: ReadonlySet<number>): number {
  let candidate = from;
  while (taken.has(candidate)) candidate += 1;
  return candidate;
}
