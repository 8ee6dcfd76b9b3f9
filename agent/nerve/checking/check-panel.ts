import type { Clock } from '../../lib/clock.ts';
import type { Turnstile } from '../../lib/turnstile.ts';
import { type CheckResult, type RunCheck, runWithinTimeout } from '../checks/check.ts';
import type { CheckDefinition } from '../checks/definition.ts';
import { createRiseFall, type Health, type RiseFall } from './rise-fall.ts';

export interface CheckFailure {
  readonly check: string;
  readonly reason: string;
}

export interface CheckStatus {
  readonly name: string;
  /** `undefined` before the first result, and while undecided after a restart. */
  readonly health: Health | undefined;
  /** Why it failed last time, if it did. */
  readonly reason: string | undefined;
}

export interface CheckPanelOptions {
  readonly runCheck: RunCheck;
  readonly clock: Clock;
  /** Shared by the services of a process, so that a thousand checks at once time none out. */
  readonly turnstile?: Turnstile;
  /** Hears the service's health after each result, once all checks have decided. */
  readonly onHealth: (health: Health, failures: readonly CheckFailure[]) => void;
  /** It was up before a restart: undecided until a pass, or `fall` failures in a row. */
  readonly wasUp?: boolean;
  /** Hears each result and how long it took to come. */
  readonly onResult?: (check: string, passed: boolean, elapsedMs: number) => void;
}

interface CheckState {
  readonly definition: CheckDefinition;
  readonly riseFall: RiseFall;
  last: CheckResult | undefined;
}

/** All checks of a service. It is up if every check is, and down as soon as one is down. */
export class CheckPanel {
  readonly #options: CheckPanelOptions;
  readonly #states: readonly CheckState[];

  constructor(checks: readonly CheckDefinition[], options: CheckPanelOptions) {
    this.#options = options;
    const { wasUp = false } = options;
    this.#states = checks.map((definition) => ({
      definition,
      riseFall: createRiseFall({ rise: definition.rise, fall: definition.fall, wasUp }),
      last: undefined,
    }));
  }

  get statuses(): readonly CheckStatus[] {
    return this.#states.map(({ definition, riseFall, last }) => ({
      name: definition.name,
      health: riseFall.health,
      reason: last?.passed === false ? last.reason : undefined,
    }));
  }

  get health(): Health | undefined {
    if (this.#states.some(({ riseFall }) => riseFall.health === 'down')) return 'down';
    return this.#states.every(({ riseFall }) => riseFall.health === 'up') ? 'up' : undefined;
  }

  /** Some check is on its way from one health to another. */
  get between(): boolean {
    return this.#states.some(({ riseFall }) => riseFall.between);
  }

  /** Every check passed last time. */
  get passing(): boolean {
    return this.#states.every(({ last }) => last?.passed);
  }

  /** Runs all checks at once; rejects when aborted, and is silent from then on. */
  async run(signal: AbortSignal): Promise<void> {
    await Promise.all(this.#states.map((state) => this.#runOne(state, signal)));
  }

  async #runOne(state: CheckState, signal: AbortSignal): Promise<void> {
    const { runCheck, clock, turnstile, onHealth, onResult } = this.#options;
    if (turnstile) await turnstile.pass();
    signal.throwIfAborted();
    const startMs = clock.now();
    const result = await runWithinTimeout(runCheck, state.definition, { clock, signal });
    signal.throwIfAborted();
    state.last = result;
    state.riseFall.push(result.passed);
    onResult?.(state.definition.name, result.passed, clock.now() - startMs);
    const { health } = this;
    if (health !== undefined) onHealth(health, this.#failures);
  }

  get #failures(): readonly CheckFailure[] {
    return this.#states.flatMap(({ definition, last }) =>
      last?.passed === false ? [{ check: definition.name, reason: last.reason }] : [],
    );
  }
}
