import type { Clock } from './clock.ts';

export interface TokenBucketOptions {
  /** Tokens per second; infinity for no limit at all, 0 for never a token. */
  readonly averageRate: number;
  /** The most that are ever saved up; at least 1. */
  readonly maxBurst: number;
  readonly clock: Pick<Clock, 'now'>;
}

export interface TokenBucket {
  /** Takes a token if there is one; says whether there was. */
  take(): boolean;
  /** Until `take` will succeed if nobody takes before; whole milliseconds, or infinity. */
  msUntilNext(): number;
}

/**
 * airbnb/nerve's limiter (`lib/nerve/rate_limiter.rb`): it starts with one second's worth of tokens,
 * so that a rate below 1 makes even the first one wait.
 */
export function createTokenBucket({
  averageRate,
  maxBurst,
  clock,
}: TokenBucketOptions): TokenBucket {
  if (averageRate === Number.POSITIVE_INFINITY) return { take: () => true, msUntilNext: () => 0 };
  let saved = averageRate;
  let savedAtMs = clock.now();
  const available = (): number => {
    const refill = (averageRate * (clock.now() - savedAtMs)) / 1_000;
    return Math.min(maxBurst, saved + refill);
  };
  return {
    take: () => {
      const tokens = available();
      if (tokens < 1) return false;
      saved = tokens - 1;
      savedAtMs = clock.now();
      return true;
    },
    msUntilNext: () => Math.ceil((Math.max(0, 1 - available()) * 1_000) / averageRate),
  };
}
