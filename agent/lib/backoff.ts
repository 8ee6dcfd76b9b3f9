export interface BackoffOptions {
  /** The first delay, before jitter. */
  readonly baseMs: number;
  /** No delay exceeds it, jitter included. */
  readonly capMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
}

export interface Backoff {
  /** The delay before the next attempt: doubles each time, between half and whole of that. */
  nextMs(): number;
  /** To be called on success. */
  reset(): void;
}

/** Exponential back-off with "equal jitter", so that a fleet does not retry in step. */
export function createBackoff({ baseMs, capMs, random }: BackoffOptions): Backoff {
  const firstMs = Math.min(baseMs, capMs);
  let ceilingMs = firstMs;
  return {
    nextMs: () => {
      const delayMs = ceilingMs * (0.5 + random() / 2);
      ceilingMs = Math.min(capMs, ceilingMs * 2);
      return delayMs;
    },
    reset: () => {
      ceilingMs = firstMs;
    },
  };
}
