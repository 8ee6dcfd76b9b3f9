import { createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import { Coalescer } from '../../lib/coalescer.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../zookeeper/session.ts';

export interface SessionTurnsOptions {
  readonly session: ZooKeeperSession;
  /** Between two turns at least. */
  readonly quietMs: number;
  /** A turn without a cause comes after so long; asked anew each time. */
  readonly idleMs: () => number;
  /** Seconds. */
  readonly retry: { readonly base_interval: number; readonly max_interval: number };
  readonly clock: Clock;
  readonly random: () => number;
}

export interface Turn {
  read(): Promise<void>;
  /** What ZooKeeper did not answer; `true` where asking again is in vain. */
  failed(error: ZooKeeperError): boolean;
}

/**
 * When something in ZooKeeper is read: as the session connects, when asked for, and from time to
 * time. A reading that fails is repeated while the session is connected, and otherwise waits for it.
 */
export class SessionTurns {
  readonly #options: SessionTurnsOptions;
  readonly #turns: Coalescer;

  constructor(options: SessionTurnsOptions) {
    this.#options = options;
    const { clock, quietMs } = options;
    this.#turns = new Coalescer({ clock, quietMs, maxDelayMs: quietMs });
  }

  /** One watch for all readings of a run: what fires after its end is nobody's. */
  onChange(signal: AbortSignal): () => void {
    return () => {
      if (!signal.aborted) this.#turns.request();
    };
  }

  /** Until aborted. Rejects on a fault of ours only. */
  async run(turn: Turn, signal: AbortSignal): Promise<void> {
    const { session, idleMs } = this.#options;
    const stopListening = session.onState(({ kind }) => {
      // A watch of the old connection may have fired unheard: look again.
      if (kind === 'connected') this.#turns.request();
    });
    if (session.state.kind === 'connected') this.#turns.request();
    try {
      for (;;) {
        await this.#turns.nextTurn(signal, idleMs());
        await this.#readUntilDone(turn, signal);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      stopListening();
    }
  }

  async #readUntilDone(turn: Turn, signal: AbortSignal): Promise<void> {
    const { session, clock, random, retry } = this.#options;
    const baseMs = retry.base_interval * 1_000;
    const backoff = createBackoff({ baseMs, capMs: retry.max_interval * 1_000, random });
    while (session.state.kind === 'connected') {
      try {
        return await turn.read();
      } catch (error) {
        if (!(error instanceof ZooKeeperError)) throw error;
        if (turn.failed(error)) return;
      }
      await clock.sleep(backoff.nextMs(), signal);
    }
  }
}
