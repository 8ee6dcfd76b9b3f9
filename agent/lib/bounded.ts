/** Runs asynchronous pieces of work, a limited number at a time, in the order of the calls. */
export type Bounded = <R>(work: () => Promise<R>) => Promise<R>;

export function createBounded(limit: number): Bounded {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (work) => {
    if (running < limit) running += 1;
    // Whoever ends hands its place on.
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
