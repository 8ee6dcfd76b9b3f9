/** Lets work start in turns of the event loop, a few pieces each. */
export interface Turnstile {
  /** Resolves in one of the next turns, in the order of the calls. */
  pass(): Promise<void>;
}

/**
 * For short work that is timed: were a thousand pieces started at once, each would wait for all the
 * others, and seem to take as long as they all do together.
 *
 * @param nextTurn calls back once what is ready now has run
 */
export function createTurnstile(
  perTurn: number,
  nextTurn: (resume: () => void) => void = setImmediate,
): Turnstile {
  const waiting: (() => void)[] = [];
  let turning = false;
  const turn = (): void => {
    for (const enter of waiting.splice(0, perTurn)) enter();
    turning = waiting.length > 0;
    if (turning) nextTurn(turn);
  };
  return {
    pass: () =>
      new Promise((resolve) => {
        waiting.push(resolve);
        if (turning) return;
        turning = true;
        nextTurn(turn);
      }),
  };
}
