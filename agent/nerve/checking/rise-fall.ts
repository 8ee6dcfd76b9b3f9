export type Health = 'up' | 'down';

export interface RiseFall {
  /** Takes the result of one check; returns what the check counts as from now on. */
  push(passed: boolean): Health;
  /** `undefined` before the first check. */
  readonly health: Health | undefined;
}

export interface RiseFallOptions {
  /** Passes in a row that make it up. */
  readonly rise: number;
  /** Failures in a row that make it down. */
  readonly fall: number;
}

/**
 * airbnb/nerve's hysteresis (`lib/nerve/service_watcher/base.rb`): the first check decides at once,
 * whatever rise and fall say, so that a start needs no waiting.
 */
export function createRiseFall({ rise, fall }: RiseFallOptions): RiseFall {
  let health: Health | undefined;
  let last: boolean | undefined;
  let inARow = 0;
  return {
    get health() {
      return health;
    },
    push: (passed) => {
      inARow = passed === last ? inARow + 1 : 1;
      last = passed;
      if (health === undefined || inARow >= (passed ? rise : fall)) health = passed ? 'up' : 'down';
      return health;
    },
  };
}
