/**
 * When to act: an isolated change at once, a burst coalesced with a maximum delay, and only the
 * last state counts. The proxy itself decides what to do.
 */
import { createBackoff } from '../lib/backoff.ts';
import type { Clock } from '../lib/clock.ts';
import { Coalescer } from '../lib/coalescer.ts';
import type { Logger } from '../lib/logger.ts';
import { isSystemError } from '../lib/system-error.ts';
import { Agenda } from './agenda.ts';
import type { PublishOutcome } from './haproxy/file-keeper.ts';
import type { ScopedResult } from './haproxy/pass-result.ts';
import type { Instances } from './haproxy/proxy.ts';
import { nothing, type Scope } from './scope.ts';

/** The part of `ManagedProxy` that is driven from here. */
export interface Reconciled {
  pass(instances: Instances, scope: Scope): Promise<ScopedResult>;
  followWithFile(): Promise<PublishOutcome>;
}

export interface ReconcilerOptions {
  readonly clock: Clock;
  readonly random: () => number;
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
/**
 * The file, its check included, agrees with the process within a second (law 3), and is not in the
 * way of the change that makes it follow.
 */
const files = { quietMs: 100, maxDelayMs: 400, isPatient: true } as const;
/** A look at its files, in case somebody else wrote there. */
const fileResyncMs = 60_000;
/** What HAProxy refuses is tried again: its check fails for want of memory or time, too. */
const refusedMs = { baseMs: 2_000, capMs: fileResyncMs } as const;
const afterFaultMs = 1_000;
/** How long somebody waits for a pass at most. */
const patienceMs = 2_000;

export class Reconciler {
  readonly #options: ReconcilerOptions;
  readonly #passes: Coalescer;
  readonly #files: Coalescer;
  readonly #agenda = new Agenda();
  #fileIsBehind = false;
  #isFollowing = false;
  #requestedAtMs: number | undefined;
  #waitingForPass: (() => void)[] = [];
  #waitingForFile: (() => void)[] = [];

  constructor(options: ReconcilerOptions) {
    this.#options = options;
    this.#passes = new Coalescer({ clock: options.clock, ...passes });
    this.#files = new Coalescer({ clock: options.clock, ...files });
  }

  /** Something changed: instances of some services; the proxy, a host's address for all. */
  request(scope: Scope = 'all'): void {
    this.#agenda.ask(scope);
    this.#requestedAtMs ??= this.#options.clock.now();
    this.#passes.request();
  }

  /** The files that HAProxy starts from are not what runs. */
  requestFile(): void {
    this.#fileIsBehind = true;
    this.#files.request();
  }

  /** Whether anything was asked for since the pass that is under way began. */
  readonly isOvertaken = (): boolean => this.#requestedAtMs !== undefined;

  /**
   * Resolves when what is known now is in effect, and in the files that HAProxy starts from, whoever
   * starts it; or when that cannot be for the moment.
   */
  async settled(): Promise<void> {
    const done = new AbortController();
    this.#waitingForPass.push(() => done.abort());
    // Whoever changed something has asked for it.
    this.request(nothing);
    await this.#options.clock.sleep(patienceMs, done.signal).catch(() => undefined);
  }

  /** Until aborted, the file brought up to date. Rejects on a fault of ours only. */
  async run(signal: AbortSignal): Promise<void> {
    const untilAborted = (error: unknown): void => {
      if (!signal.aborted) throw error;
    };
    // Each on its own, so that both have ended when this resolves.
    await Promise.all([
      this.#runPasses(signal).catch(untilAborted),
      this.#runFiles(signal).catch(untilAborted),
    ]);
    // Whoever comes next tells by the file what synapse did, and what was done by hand.
    if (this.#fileIsBehind) await this.#followWithFile();
  }

  async #runPasses(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      await this.#passes.nextTurn(signal, this.#agenda.idleMs(clock.now()));
      await this.pass();
    }
  }

  /** One look, now, at what is due: the first is one at everything. */
  async pass(): Promise<void> {
    const { clock } = this.#options;
    const { againInMs, fileIsBehind, scope } = await this.#pass(this.#agenda.take(clock.now()));
    if (fileIsBehind) this.requestFile();
    this.#tellOfFile();
    if (againInMs !== undefined) this.#agenda.again(scope, clock.now() + againInMs);
  }

  async #pass(scope: Scope): Promise<ScopedResult> {
    const { proxy, instances, logger, clock, onPass } = this.#options;
    const startedAtMs = clock.now();
    const requestedAtMs = this.#requestedAtMs;
    this.#requestedAtMs = undefined;
    const waiting = this.#waitingForPass.splice(0);
    try {
      const result = await proxy().pass(instances(), scope);
      const now = clock.now();
      const sinceRequestMs = requestedAtMs === undefined ? undefined : now - requestedAtMs;
      onPass({ elapsedMs: now - startedAtMs, sinceRequestMs });
      if (result.againInMs === 0) {
        // The next one is what it was asked for, and waited for, too.
        this.#requestedAtMs = requestedAtMs ?? this.#requestedAtMs;
        this.#waitingForPass.push(...waiting.splice(0));
      }
      return result;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      logger.error('pass-failed', { error });
      return { againInMs: afterFaultMs, fileIsBehind: false, scope };
    } finally {
      this.#waitingForFile.push(...waiting);
    }
  }

  /** Those who wait, unless it has yet to say what they wait for. */
  #tellOfFile(): void {
    if (this.#fileIsBehind || this.#isFollowing) return;
    for (const resolve of this.#waitingForFile.splice(0)) resolve();
  }

  async #runFiles(signal: AbortSignal): Promise<void> {
    const { clock, random } = this.#options;
    const refusals = createBackoff({ ...refusedMs, random });
    let idleMs: number = fileResyncMs;
    for (;;) {
      await this.#files.nextTurn(signal, idleMs);
      const outcome = await this.#followWithFile();
      if (outcome === 'failed') {
        await clock.sleep(afterFaultMs, signal);
        this.requestFile();
      } else if (outcome === 'refused' || outcome === 'blamed') {
        idleMs = refusals.nextMs();
      } else {
        refusals.reset();
        idleMs = fileResyncMs;
      }
    }
  }

  /** `failed`: by a fault of the file system. */
  async #followWithFile(): Promise<PublishOutcome | 'failed'> {
    this.#fileIsBehind = false;
    this.#isFollowing = true;
    try {
      const outcome = await this.#options.proxy().followWithFile();
      if (outcome === 'blamed') this.request();
      return outcome;
    } catch (error) {
      if (!isSystemError(error)) throw error;
      this.#options.logger.error('file-write-failed', { error });
      this.#fileIsBehind = true;
      return 'failed';
    } finally {
      this.#isFollowing = false;
      this.#tellOfFile();
    }
  }
}
