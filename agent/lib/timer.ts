import type { Clock } from './clock.ts';

export interface TimerOptions {
  readonly periodMs: number;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly signal: AbortSignal;
}

/**
 * Calls back once a period until aborted; first after a random part of one, so that a fleet does
 * not act in step.
 */
export function startTimer(options: TimerOptions, onDue: () => void): void {
  const { periodMs, clock, random, signal } = options;
  const run = async (): Promise<never> => {
    for (let waitMs = periodMs * random(); ; waitMs = periodMs) {
      await clock.sleep(waitMs, signal);
      onDue();
    }
  };
  run().catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
