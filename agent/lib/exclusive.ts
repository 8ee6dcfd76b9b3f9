/** Runs asynchronous pieces of work one after the other, in the order of the calls. */
export type Exclusive = <R>(work: () => Promise<R>) => Promise<R>;

export function createExclusive(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const turn = last.then(work);
    // The next one starts whether or not this one fails: its caller hears of that.
    last = turn.catch(() => undefined);
    return turn;
  };
}
