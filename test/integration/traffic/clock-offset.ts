/** A line that went to a host and came back with the host's time. */
export interface Echo {
  readonly sentMs: number;
  readonly theirsMs: number;
  readonly receivedMs: number;
}

const kept = 60;
/** Clocks are read in whole milliseconds. */
const grainMs = 1;

/**
 * How far a host's clock is ahead of ours, as NTP estimates it: by the echo that was back soonest.
 * A difference that half its way could explain is none: containers share the machine's clock.
 */
export class ClockOffset {
  readonly #echoes: Echo[] = [];

  add(echo: Echo): void {
    this.#echoes.push(echo);
    if (this.#echoes.length > kept) this.#echoes.shift();
  }

  /** 0 before the first echo. */
  get aheadMs(): number {
    const [best] = this.#echoes.toSorted((left, right) => tripMs(left) - tripMs(right));
    if (best === undefined) return 0;
    const aheadMs = best.theirsMs - (best.sentMs + best.receivedMs) / 2;
    return Math.abs(aheadMs) <= tripMs(best) / 2 + grainMs ? 0 : aheadMs;
  }
}

function tripMs({ sentMs, receivedMs }: Echo): number {
  return receivedMs - sentMs;
}
