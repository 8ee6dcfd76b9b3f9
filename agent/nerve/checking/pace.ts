import type { Company, Meeting } from './company.ts';

export interface PaceOptions {
  readonly intervalMs: number;
  readonly fastIntervalMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Of the rounds of other services; each goes by itself without it. */
  readonly company?: Company | undefined;
}

export interface Pace {
  /** When the next round is due, after one that started at `startMs`. */
  next(startMs: number, between: boolean): number;
}

/** Rounds are up to this share shorter than the interval, never longer: it bounds what is unseen. */
const jitter = 0.1;

/**
 * When rounds start. The first regular gap is anything up to the interval, so that services which
 * start together are not checked together; from then on each keeps its phase, but for some jitter.
 */
export function createPace(options: PaceOptions): Pace {
  const { intervalMs, fastIntervalMs, random, company } = options;
  let inPhase = false;
  let last: Meeting | undefined;
  return {
    next: (startMs, between) => {
      if (between) {
        return startMs + Math.min(intervalMs, fastIntervalMs) * (1 - jitter * random());
      }
      if (inPhase && company !== undefined) {
        last = company.join(startMs + intervalMs * (1 - jitter), startMs + intervalMs, last);
        return last.atMs;
      }
      const share = inPhase ? jitter : 1;
      inPhase = true;
      return startMs + intervalMs * (1 - share * random());
    },
  };
}
