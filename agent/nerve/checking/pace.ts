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
/** How often those who may choose take the earliest time: who is alone meets somebody by that. */
const hurryShare = { alone: 0.5, together: 0.2 };

/**
 * When rounds start. The first regular gap is anything up to the interval, so that services which
 * start together are not checked together, but for a few; from then on each keeps its phase, but
 * for some jitter.
 */
export function createPace(options: PaceOptions): Pace {
  const { intervalMs, fastIntervalMs, random, company } = options;
  let isFirst = true;
  let last: Meeting | undefined;
  /** Where nobody else decides. */
  const alone = (earliestMs: number, latestMs: number): number => {
    if (isFirst || company === undefined) return latestMs - random() * (latestMs - earliestMs);
    const isAlone = last === undefined || last.members < 2;
    return random() < (isAlone ? hurryShare.alone : hurryShare.together) ? earliestMs : latestMs;
  };
  return {
    next: (startMs, between) => {
      if (between) {
        return startMs + Math.min(intervalMs, fastIntervalMs) * (1 - jitter * random());
      }
      const latestMs = startMs + intervalMs;
      const earliestMs = latestMs - intervalMs * (isFirst ? 1 : jitter);
      const otherwiseMs = alone(earliestMs, latestMs);
      isFirst = false;
      last = company?.join({ earliestMs, latestMs, otherwiseMs });
      return last?.atMs ?? otherwiseMs;
    },
  };
}
