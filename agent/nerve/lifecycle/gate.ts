import type { DepartureReason } from '../../departure.ts';
import { type Clock, longestWaitMs } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { createTokenBucket, type TokenBucket } from '../../lib/token-bucket.ts';
import type { Registration } from '../../registration.ts';
import type { CommandDefinition, RateLimitDefinition } from '../definition.ts';
import type { Decision } from './decide.ts';
import type { RunHook } from './hook.ts';

export interface GateOptions {
  readonly rules: GateRules;
  /** It was up before a restart: what leads up to a registration is not due again. */
  readonly wasUp: boolean;
  readonly up: (registration: Registration) => void;
  readonly down: (reason: DepartureReason) => void;
  readonly runHook: RunHook;
  /** Variables that hooks find in their environment. */
  readonly environment: Readonly<Record<string, string>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** A transition had to wait for its turn, or would have had to. */
  readonly onThrottled: (shadow: boolean) => void;
}

export interface GateRules {
  readonly rateLimit: RateLimitDefinition | undefined;
  readonly preUp: CommandDefinition | undefined;
  readonly preDown: CommandDefinition | undefined;
}

/** Between two attempts of a `pre_up` that fails. */
const preUpRetryMs = 1_000;

/**
 * What stands between a decision and the reporters: the rate limit, `pre_up` and `pre_down`.
 *
 *   decision ─► token ─► pre_up passes ────────────────────────► up(registration)
 *                  └───► pre_down (awaited while it is well) ──► down(reason)
 *
 * Only the last decision counts; without rules it goes through within the call.
 */
export class Gate {
  readonly #options: GateOptions;
  #rules: GateRules;
  #bucket: TokenBucket | undefined;
  #last: Decision = { outcome: 'undecided' };
  /** What reporters were told last. */
  #told: Decision | undefined;
  #applied: 'up' | 'down' | undefined;
  #passage: Passage | undefined;
  /** Ends the wait for `pre_down`, which runs on. */
  #hurry = (): void => undefined;
  #stopped = false;

  constructor(options: GateOptions) {
    this.#options = options;
    this.#rules = options.rules;
    this.#bucket = this.#createBucket();
    if (options.wasUp) this.#applied = 'up';
  }

  setRules(rules: GateRules): void {
    const before = JSON.stringify(this.#rules.rateLimit);
    this.#rules = rules;
    if (JSON.stringify(rules.rateLimit) !== before) this.#bucket = this.#createBucket();
  }

  push(decision: Decision): void {
    this.#last = decision;
    if (isFailing(decision)) this.#hurry();
    if (this.#passage !== undefined) {
      // What is under way to the same end takes the last data along.
      if (this.#passage.to !== decision.outcome) this.#passage.abort.abort();
    } else if (decision.outcome !== 'undecided' && !this.#stopped) {
      if (this.#applied === decision.outcome) this.#apply(decision);
      else this.#start(decision);
    }
  }

  /** Ends what is under way, and runs `pre_down` where the instance is up. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#endPassage();
    await this.#leaveUp(new AbortController().signal);
  }

  /** Ends what is under way. */
  async leave(): Promise<void> {
    this.#stopped = true;
    await this.#endPassage();
  }

  async #endPassage(): Promise<void> {
    this.#passage?.abort.abort();
    await this.#passage?.done;
  }

  #start(decision: Exclude<Decision, { outcome: 'undecided' }>): void {
    const waits = this.#mustWaitForToken();
    const hook = decision.outcome === 'up' ? this.#rules.preUp : this.#preDown;
    if (!waits && hook === undefined) {
      this.#apply(decision);
      return;
    }
    const abort = new AbortController();
    const done = this.#pass(decision.outcome, waits, abort.signal).finally(() => {
      this.#passage = undefined;
      // It may have turned, or other data may have come, while this was under way.
      if (this.#last !== this.#told) this.push(this.#last);
    });
    this.#passage = { to: decision.outcome, abort, done };
  }

  /** Rejects for a fault of ours only. */
  async #pass(to: 'up' | 'down', waits: boolean, signal: AbortSignal): Promise<void> {
    if (waits) await this.#waitForToken(signal);
    if (signal.aborted) return;
    if (to === 'up') await this.#runPreUp(signal);
    else await this.#leaveUp(signal);
    if (!signal.aborted && this.#last.outcome === to) this.#apply(this.#last);
  }

  #apply(decision: Decision): void {
    if (decision.outcome === 'undecided') return;
    this.#told = decision;
    this.#applied = decision.outcome;
    if (decision.outcome === 'up') this.#options.up(decision.registration);
    else this.#options.down(decision.reason);
  }

  /** Until it passes. */
  async #runPreUp(signal: AbortSignal): Promise<void> {
    const { runHook, environment, clock, logger } = this.#options;
    let lastReason: string | undefined;
    while (this.#rules.preUp !== undefined && !signal.aborted) {
      const result = await runHook(this.#rules.preUp, environment, signal);
      if (result.ok || signal.aborted) return;
      if (result.reason !== lastReason) logger.warn('pre-up-failed', { reason: result.reason });
      lastReason = result.reason;
      await clock.sleep(preUpRetryMs, signal).catch(() => undefined);
    }
  }

  async #leaveUp(signal: AbortSignal): Promise<void> {
    if (this.#preDown === undefined) return;
    const done = this.#runPreDown(signal);
    // An instance that fails must be out in time, whatever the hook does (law 4).
    if (isFailing(this.#last)) return;
    const { promise: failing, resolve } = Promise.withResolvers<void>();
    this.#hurry = resolve;
    await Promise.race([done, failing]);
  }

  async #runPreDown(signal: AbortSignal): Promise<void> {
    const { runHook, environment, logger } = this.#options;
    if (this.#rules.preDown === undefined) return;
    const result = await runHook(this.#rules.preDown, environment, signal);
    if (!result.ok && !signal.aborted) logger.warn('pre-down-failed', { reason: result.reason });
  }

  /** Not due where the instance is not up as far as the registry was told. */
  get #preDown(): CommandDefinition | undefined {
    return this.#applied === 'up' ? this.#rules.preDown : undefined;
  }

  /** Takes a token if there is one. */
  #mustWaitForToken(): boolean {
    const { rateLimit } = this.#rules;
    if (rateLimit === undefined || this.#bucket === undefined || this.#bucket.take()) return false;
    this.#options.onThrottled(rateLimit.shadowMode);
    return !rateLimit.shadowMode;
  }

  async #waitForToken(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    do {
      const waitMs = Math.min(this.#bucket?.msUntilNext() ?? 0, longestWaitMs);
      await clock.sleep(waitMs, signal).catch(() => undefined);
    } while (!signal.aborted && this.#bucket?.take() === false);
  }

  #createBucket(): TokenBucket | undefined {
    const { rateLimit } = this.#rules;
    return rateLimit && createTokenBucket({ ...rateLimit, clock: this.#options.clock });
  }
}

function isFailing(decision: Decision): boolean {
  return decision.outcome === 'down' && decision.failing;
}

interface Passage {
  readonly to: 'up' | 'down';
  readonly abort: AbortController;
  readonly done: Promise<void>;
}
