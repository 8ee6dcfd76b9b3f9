import type { Clock } from '../../lib/clock.ts';

/** Keeps reloads apart: `restart_interval` and `restart_jitter`, and a pause after a failed one. */
export interface ReloadPacer {
  /** 0 when a reload may take place now. */
  waitMs(): number;
  reloaded(): void;
  failed(): void;
}

export interface ReloadPacerOptions {
  readonly clock: Clock;
  readonly random: () => number;
  readonly intervalMs: number;
  /** Share of the interval that a random part of is added. */
  readonly jitter: number;
}

/** What made it fail, such as a port that is taken, may be gone by then. */
const pauseAfterFailureMs = 15_000;

export function createReloadPacer(options: ReloadPacerOptions): ReloadPacer {
  const { clock, random, intervalMs, jitter } = options;
  let nextAtMs = Number.NEGATIVE_INFINITY;
  return {
    waitMs: () => Math.max(0, nextAtMs - clock.now()),
    reloaded: () => {
      nextAtMs = clock.now() + intervalMs * (1 + jitter * random());
    },
    failed: () => {
      nextAtMs = clock.now() + pauseAfterFailureMs;
    },
  };
}
