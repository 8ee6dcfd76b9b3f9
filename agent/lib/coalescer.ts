import type { Clock } from './clock.ts';

export interface CoalescerOptions {
  readonly clock: Clock;
  /** A burst is over when nothing was requested for so long. */
  readonly quietMs: number;
  /** The first request of a burst waits no longer than this. */
  readonly maxDelayMs: number;
  /** Whether a request out of the blue waits too, as if a burst began; default false. */
  readonly isPatient?: boolean;
}

/**
 * Turns requests into turns of work: an isolated request gets its turn at once (unless there is no
 * hurry), a burst gets one turn when it is over, or one each `maxDelayMs` while it lasts. For one
 * waiter at a time.
 */
export class Coalescer {
  readonly #options: CoalescerOptions;
  #firstAtMs: number | undefined;
  #lastAtMs = Number.NEGATIVE_INFINITY;
  #lastTurnAtMs = Number.NEGATIVE_INFINITY;
  #wake: (() => void) | undefined;

  constructor(options: CoalescerOptions) {
    this.#options = options;
  }

  request(): void {
    const nowMs = this.#options.clock.now();
    this.#firstAtMs ??= nowMs;
    this.#lastAtMs = nowMs;
    this.#wake?.();
  }

  /**
   * Resolves when work is due: `requested`, or `idle` when nothing was requested for `idleMs`.
   * Rejects with the signal's reason when aborted.
   */
  async nextTurn(signal: AbortSignal, idleMs: number): Promise<'requested' | 'idle'> {
    const { clock, quietMs, maxDelayMs, isPatient = false } = this.#options;
    if (this.#firstAtMs === undefined && !(await this.#requestedWithin(idleMs, signal))) {
      return 'idle';
    }
    const firstAtMs = this.#firstAtMs ?? clock.now();
    const isAtOnce = !isPatient && firstAtMs - this.#lastTurnAtMs >= quietMs;
    while (!isAtOnce) {
      const dueAtMs = Math.min(firstAtMs + maxDelayMs, this.#lastAtMs + quietMs);
      const waitMs = dueAtMs - clock.now();
      if (waitMs <= 0) break;
      await clock.sleep(waitMs, signal);
    }
    signal.throwIfAborted();
    this.#firstAtMs = undefined;
    this.#lastTurnAtMs = clock.now();
    return 'requested';
  }

  /** No abort of its own for each wait: many of these wait for hours, each costing memory. */
  #requestedWithin(idleMs: number, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const end = (): void => {
        cancel();
        signal.removeEventListener('abort', abort);
        this.#wake = undefined;
      };
      const abort = (): void => {
        end();
        reject(signal.reason);
      };
      const wake = (): void => {
        end();
        resolve(this.#firstAtMs !== undefined);
      };
      const cancel = this.#options.clock.after(idleMs, wake);
      this.#wake = wake;
      signal.addEventListener('abort', abort, { once: true });
    });
  }
}
