/**
 * When to act: an isolated change at once, a burst coalesced with a maximum delay, and only the
 * last state counts. The proxy itself decides what to do.
 */
import type { Clock } from '../lib/clock.ts';
import { Coalescer } from '../lib/coalescer.ts';
import type { Logger } from '../lib/logger.ts';
import { isSystemError } from '../lib/system-error.ts';
import type { PassResult } from './haproxy/pass-result.ts';
import type { Instances } from './haproxy/proxy.ts';

/** The part of `ManagedProxy` that is driven from here. */
export interface Reconciled {
  pass(instances: Instances): Promise<PassResult>;
  followWithFile(): Promise<boolean>;
}

export interface ReconcilerOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Asked anew for each pass. */
  readonly proxy: () => Reconciled;
  readonly instances: () => Instances;
  /** A pass has ended. */
  readonly onPass: (pass: PassReport) => void;
}

export interface PassReport {
  readonly elapsedMs: number;
  /** Since the first request that it served; `undefined`: it came by itself. */
  readonly sinceRequestMs: number | undefined;
}

/** Bursts of changes, such as a deploy, are applied this often at most. */
const passes = { quietMs: 20, maxDelayMs: 100 } as const;
/** The file, its check included, agrees with the process within a second (law 3). */
const files = { quietMs: 100, maxDelayMs: 400 } as const;
/** A full look at HAProxy even when nothing is known to have happened. */
const resyncMs = 10_000;
/** The same at its files, in case somebody else wrote there. */
const fileResyncMs = 30_000;
const afterFaultMs = 1_000;
/** How long somebody waits for a pass at most. */
const patienceMs = 2_000;

export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #passes: Coalescer;
  readonly #files: Coalescer;
  #requestedAtMs: number | undefined;
  #waiting: (() => void)[] = [];

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#passes = new Coalescer({ clock: options.clock, ...passes });
    this.#files = new Coalescer({ clock: options.clock, ...files });
  }

  /** Something changed: instances, the proxy, a host's address. */
  request(): void {
    this.#requestedAtMs ??= this.#options.clock.now();
    this.#passes.request();
  }

  /** Resolves when what is known now is in effect, or cannot be for the moment. */
  async settled(): Promise<void> {
    const done = new AbortController();
    this.#waiting.push(() => done.abort());
    this.request();
    await this.#options.clock.sleep(patienceMs, done.signal).catch(() => undefined);
  }

  /** Until aborted. Rejects on a fault of ours only. */
  async run(signal: AbortSignal): Promise<void> {
    const untilAborted = (error: unknown): void => {
      if (!signal.aborted) throw error;
    };
    // Each on its own, so that both have ended when this resolves.
    await Promise.all([
      this.#runPasses(signal).catch(untilAborted),
      this.#runFiles(signal).catch(untilAborted),
    ]);
  }

  async #runPasses(signal: AbortSignal): Promise<void> {
    let idleMs = 0;
    for (;;) {
      await this.#passes.nextTurn(signal, idleMs);
      const result = await this.pass();
      if (result.fileIsBehind) this.#files.request();
      idleMs = Math.min(resyncMs, result.againInMs ?? resyncMs);
    }
  }

  /** One look, now: the first, which the loop then follows. */
  async pass(): Promise<PassResult> {
    const { proxy, instances, logger, clock, onPass } = this.#options;
    const startedAtMs = clock.now();
    const requestedAtMs = this.#requestedAtMs;
    this.#requestedAtMs = undefined;
    const waiting = this.#waiting.splice(0);
    try {
      const result = await proxy().pass(instances());
      const now = clock.now();
      const sinceRequestMs = requestedAtMs === undefined ? undefined : now - requestedAtMs;
      onPass({ elapsedMs: now - startedAtMs, sinceRequestMs });
      return result;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      logger.error('pass-failed', { error });
      return { againInMs: afterFaultMs, fileIsBehind: false };
    } finally {
      for (const resolve of waiting) resolve();
    }
  }

  async #runFiles(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#files.nextTurn(signal, fileResyncMs);
      try {
        if (await this.#options.proxy().followWithFile()) this.request();
      } catch (error) {
        if (!isSystemError(error)) throw error;
        this.#options.logger.error('file-write-failed', { error });
        await this.#options.clock.sleep(afterFaultMs, signal);
        this.#files.request();
      }
    }
  }
}
