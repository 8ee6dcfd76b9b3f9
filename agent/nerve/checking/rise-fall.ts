export type Health = 'up' | 'down';

export interface RiseFall {
  /** Takes the result of one check; returns what the check counts as from now on. */
  push(passed: boolean): Health | undefined;
  /** `undefined` before the first check, and while what was up before a restart is undecided. */
  readonly health: Health | undefined;
  /** The last results contradict the health, too few of them yet to change it. */
  readonly between: boolean;
}

export interface RiseFallOptions {
  /** Passes in a row that make it up. */
  readonly rise: number;
  /** Failures in a row that make it down. */
  readonly fall: number;
  /** It was up before a restart: undecided until one pass, or `fall` failures in a row. */
  readonly wasUp?: boolean;
}

/**
 * airbnb/nerve's hysteresis (`lib/nerve/service_watcher/base.rb`): the first check decides at once,
 * whatever rise and fall say, so that a start needs no waiting.
 */
export function createRiseFall({ rise, fall, wasUp = false }: RiseFallOptions): RiseFall {
  let health: Health | undefined;
  let last: boolean | undefined;
  let inARow = 0;
  const decides = (passed: boolean): boolean => {
    if (health === undefined && (passed || !wasUp)) return true;
    return inARow >= (passed ? rise : fall);
  };
  return {
    get health() {
      return health;
    },
    get between() {
      return last !== undefined && health !== (last ? 'up' : 'down');
    },
    push: (passed) => {
      inARow = passed === last ? inARow + 1 : 1;
      last = passed;
      if (decides(passed)) health = passed ? 'up' : 'down';
      return health;
    },
  };
}
