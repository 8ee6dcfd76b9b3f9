import type { DepartureReason } from '../departure.ts';
import { type Clock, longestWaitMs } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { Turnstile } from '../lib/turnstile.ts';
import type { Registration } from '../registration.ts';
import {
  type CheckFailure,
  type CheckLoop,
  type CheckStatus,
  startCheckLoop,
} from './checking/check-loop.ts';
import type { CheckPlan } from './checking/check-plan.ts';
import type { Company } from './checking/company.ts';
import type { Health } from './checking/rise-fall.ts';
import type { RunCheck } from './checks/check.ts';
import { type ServiceDefinition, same } from './definition.ts';
import { type Decision, decide } from './lifecycle/decide.ts';
import { Gate, type GateRules } from './lifecycle/gate.ts';
import type { RunHook } from './lifecycle/hook.ts';
import { type Overrides, type Spell, stillValid } from './lifecycle/overrides.ts';
import type { NerveMetrics } from './metrics/metrics.ts';
import {
  ReporterSet,
  type ReporterSetOptions,
  type ReportStatus,
} from './reporters/reporter-set.ts';

export interface ServiceOptions extends Pick<ReporterSetOptions, 'startReporter'> {
  readonly definition: ServiceDefinition;
  readonly overrides: Overrides;
  readonly hostDrained: Spell | undefined;
  /** It was registered before a restart, and may still be. */
  readonly wasUp: boolean;
  readonly runCheck: RunCheck;
  /** Shared by all services. */
  readonly turnstile: Turnstile;
  readonly company: Company;
  readonly runHook: RunHook;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly metrics: NerveMetrics;
  /** What must outlive a restart has changed. */
  readonly onChange: () => void;
}

export interface ServiceStatus {
  readonly name: string;
  /** `undefined` before the first result of every check. */
  readonly health: Health | undefined;
  /** Wall-clock milliseconds since which it has this health. */
  readonly since: number | undefined;
  readonly checks: readonly CheckStatus[];
  readonly overrides: Overrides;
  /** What the registry is to say of it. */
  readonly decision: Decision;
  readonly registration: Registration;
  readonly reports: readonly ReportStatus[];
}

/**
 * One service while it is configured:
 *
 *   check loop ── health ──┐
 *   overrides ─────────────┼─► decide ─► gate ─► reporters
 *   time (warm-up, ends) ──┘
 */
export class Service {
  readonly #options: ServiceOptions;
  readonly #logger: Logger;
  readonly #reporters: ReporterSet;
  readonly #gate: Gate;
  readonly #stopping = new AbortController();
  #definition: ServiceDefinition;
  #loop: CheckLoop;
  #overrides: Overrides;
  #hostDrained: Spell | undefined;
  #health: Health | undefined;
  #since: number | undefined;
  /** Registered, and well, since then. Monotonic; the past before a restart counts as for ever. */
  #upSinceMs: number | undefined;
  #decision: Decision = { outcome: 'undecided' };
  /** Ends the wait for the time at which the decision may change by itself. */
  #cancelWait = (): void => undefined;

  constructor(options: ServiceOptions) {
    const { definition, overrides, hostDrained, wasUp } = options;
    this.#options = options;
    this.#definition = definition;
    this.#overrides = overrides;
    this.#hostDrained = hostDrained;
    this.#upSinceMs = wasUp ? Number.NEGATIVE_INFINITY : undefined;
    this.#logger = options.logger.child({ service: definition.name });
    this.#reporters = new ReporterSet({ ...options, logger: this.#logger });
    this.#gate = this.#createGate();
    this.#loop = this.#startLoop(wasUp);
    this.#decide();
  }

  get definition(): ServiceDefinition {
    return this.#definition;
  }

  get overrides(): Overrides {
    return this.#overrides;
  }

  get status(): ServiceStatus {
    return {
      name: this.#definition.name,
      health: this.#health,
      since: this.#since,
      checks: this.#loop.checks,
      overrides: this.#overrides,
      decision: this.#decision,
      registration: this.#definition.registration,
      reports: this.#reporters.status,
    };
  }

  /**
   * Another definition of the same instance. Its registration stays as it is, but for what differs;
   * with other checks the health holds until these have decided.
   */
  async update(definition: ServiceDefinition): Promise<void> {
    const before = this.#definition;
    this.#definition = definition;
    this.#gate.setRules(gateRules(definition));
    await this.#reporters.update(definition);
    this.#decide();
    if (same(checkPlan(before), checkPlan(definition))) return;
    await this.#loop.stop();
    this.#loop = this.#startLoop(false);
  }

  override(change: (overrides: Overrides) => Overrides): void {
    this.#overrides = change(stillValid(this.#overrides, this.#options.clock.wallMs()));
    this.#options.onChange();
    this.#decide();
  }

  drainHost(spell: Spell | undefined): void {
    this.#hostDrained = spell;
    this.#decide();
  }

  /** Runs every check at once, without waiting for its time. */
  checkNow(): void {
    this.#loop.trigger();
  }

  /** Resolves once every registry says what was decided, or when aborted. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#reporters.settled(signal);
  }

  /** Ends the checks and takes the registration out, as far as possible within `deadlineMs`. */
  async stop(reason: DepartureReason, deadlineMs: number): Promise<void> {
    // Checks go on meanwhile: an instance that fails waits for no `pre_down`.
    await this.#gate.stop();
    await this.#endWork();
    await this.#reporters.stop(reason, deadlineMs);
  }

  /** Ends the checks, and leaves what is registered to whoever comes next. */
  async leave(): Promise<void> {
    await this.#endWork();
    await this.#gate.leave();
    await this.#reporters.leave();
  }

  async #endWork(): Promise<void> {
    this.#stopping.abort();
    this.#cancelWait();
    await this.#loop.stop();
  }

  #createGate(): Gate {
    const { definition, wasUp, runHook, clock, metrics } = this.#options;
    const { name, host, port } = definition;
    return new Gate({
      rules: gateRules(definition),
      wasUp,
      up: (now) => {
        this.#upSinceMs ??= clock.now();
        this.#reporters.up(now);
      },
      down: (reason) => {
        this.#upSinceMs = undefined;
        this.#reporters.down(reason);
      },
      runHook,
      environment: { SERVICE: name, HOST: host, PORT: `${port}` },
      clock,
      logger: this.#logger,
      onThrottled: (shadowMode) => {
        this.#logger.warn('report-throttled', { shadowMode });
        metrics.throttled(name, shadowMode);
      },
    });
  }

  #startLoop(wasUp: boolean): CheckLoop {
    const { runCheck, turnstile, company, clock, random, metrics } = this.#options;
    const { name } = this.#definition;
    return startCheckLoop({
      plan: checkPlan(this.#definition),
      runCheck,
      turnstile,
      company,
      clock,
      random,
      wasUp,
      onHealth: (health, failures) => this.#onHealth(health, failures),
      onUnkept: () => this.#logger.info('crash-watch-unkept'),
      onResult: (check, passed, elapsedMs) =>
        metrics.checked({ service: name, check, passed, elapsedMs }),
    });
  }

  #onHealth(health: Health, failures: readonly CheckFailure[]): void {
    if (health === this.#health) return;
    const { clock } = this.#options;
    this.#health = health;
    this.#since = clock.wallMs();
    if (health === 'down') this.#upSinceMs = undefined;
    if (health === 'up') this.#logger.info('service-up');
    else this.#logger.warn('service-down', { failures });
    this.#options.metrics.transition(this.#definition.name, health);
    this.#decide();
  }

  #decide(): void {
    if (this.#stopping.signal.aborted) return;
    const { clock } = this.#options;
    const { decision, againInMs } = decide({
      definition: this.#definition,
      health: this.#health,
      overrides: this.#overrides,
      hostDrained: this.#hostDrained,
      upForMs: clock.now() - (this.#upSinceMs ?? clock.now()),
      nowMs: clock.wallMs(),
    });
    this.#logTurn(decision);
    this.#decision = decision;
    this.#gate.push(decision);
    this.#decideAgain(againInMs);
  }

  #decideAgain(inMs: number | undefined): void {
    this.#cancelWait();
    if (inMs === undefined) return;
    const waitMs = Math.min(Math.ceil(inMs), longestWaitMs);
    this.#cancelWait = this.#options.clock.after(waitMs, () => this.#decide());
  }

  /** What the checks found has been told already. */
  #logTurn(decision: Decision): void {
    const before = this.#decision;
    if (decision.outcome === before.outcome && whyOf(decision) === whyOf(before)) return;
    if (decision.outcome === 'down' && decision.why !== 'its checks fail') {
      this.#logger.info('service-withheld', { why: decision.why });
    } else if (decision.outcome === 'up' && before.outcome === 'down') {
      this.#logger.info('service-offered', { before: before.why });
    }
  }
}

function whyOf(decision: Decision): string | undefined {
  return decision.outcome === 'down' ? decision.why : undefined;
}

function gateRules({ rateLimit, preUp, preDown }: ServiceDefinition): GateRules {
  return { rateLimit, preUp, preDown };
}

function checkPlan(definition: ServiceDefinition): CheckPlan {
  const { checks, intervalMs, fastIntervalMs, mocked, crashWatch, host, port } = definition;
  return { checks, intervalMs, fastIntervalMs, mocked, crashWatch, host, port };
}
