import { createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';

/**
 * Keeps reloads apart: `restart_interval` and `restart_jitter`, and ever longer pauses after failed
 * ones.
 */
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
const pauseMs = { base: 1_000, cap: 15_000 };

export function createReloadPacer(options: ReloadPacerOptions): ReloadPacer {
  const { clock, random, intervalMs, jitter } = options;
  const pauses = createBackoff({ baseMs: pauseMs.base, capMs: pauseMs.cap, random });
  let nextAtMs = Number.NEGATIVE_INFINITY;
  return {
    waitMs: () => Math.max(0, nextAtMs - clock.now()),
    reloaded: () => {
      pauses.reset();
      nextAtMs = clock.now() + intervalMs * (1 + jitter * random());
    },
    failed: () => {
      nextAtMs = clock.now() + pauses.nextMs();
    },
  };
}
