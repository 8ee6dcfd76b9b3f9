export interface Due {
  /** Index of the flow. */
  readonly flow: number;
  readonly dueMs: number;
}

export interface Turn {
  /** By time. */
  readonly due: readonly Due[];
  /** Those that were due so long ago that sending them now would be a burst of its own. */
  readonly missed: number;
}

/** Later than this is missed: the process, or its host, stood still. */
export const longestDelayMs = 2_000;

/**
 * What is due when. Request k of a flow is due k periods after its first, whatever became of the
 * others. Flows start spread over their period, so that they do not all act at one instant.
 */
export class Pacer {
  readonly #flows: readonly Pace[];

  constructor(perSecond: readonly number[], startMs: number) {
    this.#flows = perSecond.map((rate, index) => {
      const periodMs = 1_000 / rate;
      return { periodMs, firstMs: startMs + (periodMs * index) / perSecond.length, count: 0 };
    });
  }

  /** When the next request is due. */
  get nextMs(): number {
    return Math.min(...this.#flows.map(nextOf));
  }

  /** Everything due by now that was not taken before. */
  take(nowMs: number): Turn {
    const due: Due[] = [];
    let missed = 0;
    for (const [flow, pace] of this.#flows.entries()) {
      for (let dueMs = nextOf(pace); dueMs <= nowMs; dueMs = nextOf(pace)) {
        pace.count += 1;
        if (nowMs - dueMs > longestDelayMs) missed += 1;
        else due.push({ flow, dueMs });
      }
    }
    return { due: due.sort((left, right) => left.dueMs - right.dueMs), missed };
  }
}

interface Pace {
  readonly periodMs: number;
  readonly firstMs: number;
  count: number;
}

// Multiplied, not summed up: a rate holds for hours.
function nextOf({ firstMs, periodMs, count }: Pace): number {
  return firstMs + count * periodMs;
}
