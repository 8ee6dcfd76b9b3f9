export interface PaceOptions {
  readonly intervalMs: number;
  readonly fastIntervalMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface Pace {
  /** From the start of the round before to the start of the next. */
  nextMs(between: boolean): number;
}

/** Rounds are up to this share shorter than the interval, never longer: it bounds what is unseen. */
const jitter = 0.1;

/**
 * When rounds start. The first regular gap is anything up to the interval, so that services which
 * start together are not checked together; from then on each keeps its phase, but for some jitter.
 */
export function createPace({ intervalMs, fastIntervalMs, random }: PaceOptions): Pace {
  let inPhase = false;
  return {
    nextMs: (between) => {
      if (between) return Math.min(intervalMs, fastIntervalMs) * (1 - jitter * random());
      const share = inPhase ? jitter : 1;
      inPhase = true;
      return intervalMs * (1 - share * random());
    },
  };
}
