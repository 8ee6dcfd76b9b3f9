import type { DepartureReason } from '../../departure.ts';
import { createBackoff } from '../../lib/backoff.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { createWake } from '../../lib/wake.ts';
import type { Registration } from '../../registration.ts';
import { type OnDisturbed, type Registry, RegistryError } from './registry.ts';

/** Makes a registry say what nerve found out. Works until it is stopped; never gives up. */
export interface Reporter {
  /** From now on the instance is to be registered so; other data replace the old in one step. */
  up(registration: Registration): void;
  /** From now on it is not. */
  down(reason: DepartureReason): void;
  readonly status: ReporterStatus;
  /** Resolves once the registry says what was last asked for, or when aborted. */
  settled(signal: AbortSignal): Promise<void>;
  /** Takes the registration out if the registry can be reached; resolves within `deadlineMs`. */
  stop(reason: DepartureReason, deadlineMs: number): Promise<void>;
  /** Ends, and leaves what is registered to whoever comes next. */
  leave(): Promise<void>;
}

export interface ReporterStatus {
  /** What it works towards; `undefined` until the first check decided. */
  readonly wanted: 'up' | 'down' | undefined;
  /** Where the registration stands in the registry, as far as is known. */
  readonly registered: string | undefined;
  /** Whether the registry says what is wanted. */
  readonly settled: boolean;
}

export interface ReporterOptions {
  /** What the instance is registered as, until `up` says otherwise. */
  readonly registration: Registration;
  readonly openRegistry: (onDisturbed: OnDisturbed) => Registry;
  /** The registry says now what is wanted, or failed to. */
  readonly onResult: (result: 'success' | 'fail') => void;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

/** How often the registry is looked at though nothing seems to have changed. */
const resyncMs = 60_000;
const retryMs = { baseMs: 100, capMs: 2_000 };

type Wanted =
  | { readonly health: 'up' }
  | { readonly health: 'down'; readonly reason: DepartureReason }
  | undefined;

export function startReporter(options: ReporterOptions): Reporter {
  return new ConvergingReporter(options);
}

/**
 * ```
 *   up(), down() ──────────────┐
 *   registry disturbed ────────┼─► wake ─► prepare | register | deregister ─► settled
 *   resync ────────────────────┘                 └── failed: again after a back-off
 * ```
 */
class ConvergingReporter implements Reporter {
  readonly #options: ReporterOptions;
  readonly #registry: Registry;
  readonly #wake = createWake();
  readonly #stopping = new AbortController();
  readonly #waiting = new Set<() => void>();
  readonly #running: Promise<void>;
  #registration: Registration;
  #wanted: Wanted;
  /** Something changed since the registry was last known to be right. */
  #dirty = true;
  #lastFailure: string | undefined;

  constructor(options: ReporterOptions) {
    this.#options = options;
    this.#registration = options.registration;
    this.#registry = options.openRegistry(() => this.#touch());
    this.#wake.wake();
    this.#running = this.#run(this.#stopping.signal);
  }

  get status(): ReporterStatus {
    return { wanted: this.#wanted?.health, registered: this.#registry.path, settled: !this.#dirty };
  }

  up(registration: Registration): void {
    const isNews = this.#wanted?.health !== 'up' || !same(this.#registration, registration);
    this.#registration = registration;
    this.#wanted = { health: 'up' };
    if (isNews) this.#touch();
  }

  down(reason: DepartureReason): void {
    // The first reason holds: what is failing does not merely stop when nerve does.
    if (this.#wanted?.health === 'down') return;
    this.#wanted = { health: 'down', reason };
    this.#touch();
  }

  settled(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (!this.#dirty || signal.aborted) return resolve();
      this.#waiting.add(resolve);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }

  async stop(reason: DepartureReason, deadlineMs: number): Promise<void> {
    this.down(reason);
    const expired = new AbortController();
    void this.#options.clock
      .sleep(deadlineMs, this.#stopping.signal)
      .catch(() => undefined)
      .then(() => expired.abort());
    await this.settled(expired.signal);
    await this.leave();
  }

  async leave(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#registry.close();
  }

  #touch(): void {
    this.#dirty = true;
    this.#wake.wake();
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    const backoff = createBackoff({ ...retryMs, random });
    let waitMs = resyncMs;
    while (!signal.aborted) {
      const cause = await this.#wake.wait(waitMs, clock, signal).catch(() => 'aborted');
      waitMs = resyncMs * (0.5 + random() / 2);
      // What woke it may have been worked in before.
      const due = this.#dirty || cause === 'elapsed';
      if (signal.aborted || !due || !this.#registry.usable) continue;
      if (await this.#converge()) backoff.reset();
      else waitMs = backoff.nextMs();
    }
  }

  /** Whatever changes while this works is worked in before it returns; false for a failure. */
  async #converge(): Promise<boolean> {
    try {
      do {
        this.#dirty = false;
        await this.#step();
      } while (this.#dirty);
    } catch (error) {
      this.#dirty = true;
      if (!(error instanceof RegistryError)) throw error;
      this.#logFailure(error);
      this.#options.onResult('fail');
      return false;
    }
    this.#lastFailure = undefined;
    // Undecided: there is nothing yet that the registry could be right about.
    this.#dirty = this.#wanted === undefined;
    if (!this.#dirty) this.#release();
    this.#options.onResult('success');
    return true;
  }

  async #step(): Promise<void> {
    const wanted = this.#wanted;
    switch (wanted?.health) {
      case 'up':
        return await this.#registry.register(this.#registration);
      case 'down':
        return await this.#registry.deregister(this.#registration, wanted.reason);
      case undefined:
        return await this.#registry.prepare(this.#registration);
    }
  }

  #release(): void {
    for (const resolve of this.#waiting) resolve();
    this.#waiting.clear();
  }

  /** Transitions only: the same failure again is no news. */
  #logFailure(error: RegistryError): void {
    if (error.message === this.#lastFailure) return;
    this.#lastFailure = error.message;
    this.#options.logger.warn('report-failed', { error });
  }
}

/** Registrations are plain data, made in a fixed order. */
function same(a: Registration, b: Registration): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}
