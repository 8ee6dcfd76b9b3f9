import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import {
  type CheckFailure,
  type CheckLoop,
  type CheckStatus,
  startCheckLoop,
} from './checking/check-loop.ts';
import type { CheckPlan } from './checking/check-plan.ts';
import type { Health } from './checking/rise-fall.ts';
import type { RunCheck } from './checks/check.ts';
import { type ReportTarget, type ServiceDefinition, same } from './definition.ts';
import type { Reporter, ReporterStatus } from './reporters/reporter.ts';

export interface ServiceOptions {
  readonly definition: ServiceDefinition;
  readonly startReporter: (target: ReportTarget, logger: Logger) => Reporter;
  readonly runCheck: RunCheck;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
}

export interface ServiceStatus {
  readonly name: string;
  /** `undefined` before the first result of every check. */
  readonly health: Health | undefined;
  /** Wall-clock milliseconds since which it has this health. */
  readonly since: number | undefined;
  readonly checks: readonly CheckStatus[];
  readonly target: ReportTarget;
  readonly report: ReporterStatus;
}

/** One service while it is configured: its checks decide, its reporter tells the registry. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #logger: Logger;
  readonly #reporter: Reporter;
  #definition: ServiceDefinition;
  #loop: CheckLoop;
  #health: Health | undefined;
  #since: number | undefined;

  constructor(options: ServiceOptions) {
    this.#options = options;
    this.#definition = options.definition;
    this.#logger = options.logger.child({ service: options.definition.name });
    this.#reporter = options.startReporter(options.definition.target, this.#logger);
    this.#loop = this.#startLoop();
  }

  get definition(): ServiceDefinition {
    return this.#definition;
  }

  get status(): ServiceStatus {
    return {
      name: this.#definition.name,
      health: this.#health,
      since: this.#since,
      checks: this.#loop.checks,
      target: this.#definition.target,
      report: this.#reporter.status,
    };
  }

  /**
   * Another definition of the same instance. Its registration stays as it is, but for what differs;
   * with other checks the health holds until these have decided.
   */
  async update(definition: ServiceDefinition): Promise<void> {
    const before = this.#definition;
    this.#definition = definition;
    if (!same(before.target, definition.target)) this.#reporter.retarget(definition.target);
    if (same(checkPlan(before), checkPlan(definition))) return;
    await this.#loop.stop();
    this.#loop = this.#startLoop();
  }

  /** Resolves once the registry says what the checks found, or when aborted. */
  async settled(signal: AbortSignal): Promise<void> {
    await this.#reporter.settled(signal);
  }

  /** Ends the checks and takes the registration out, as far as possible within `deadlineMs`. */
  async stop(deadlineMs: number): Promise<void> {
    await this.#loop.stop();
    await this.#reporter.stop(deadlineMs);
  }

  #startLoop(): CheckLoop {
    const { runCheck, clock, random } = this.#options;
    return startCheckLoop({
      plan: checkPlan(this.#definition),
      runCheck,
      clock,
      random,
      onHealth: (health, failures) => this.#onHealth(health, failures),
    });
  }

  #onHealth(health: Health, failures: readonly CheckFailure[]): void {
    if (health === this.#health) return;
    this.#health = health;
    this.#since = this.#options.clock.wallMs();
    if (health === 'up') {
      this.#logger.info('service-up');
      this.#reporter.up();
    } else {
      this.#logger.warn('service-down', { failures });
      this.#reporter.down();
    }
  }
}

function checkPlan({ checks, intervalMs, mocked, target }: ServiceDefinition): CheckPlan {
  const { host, port } = target.registration;
  const fastIntervalMs = Math.min(intervalMs, 100);
  return { checks, intervalMs, fastIntervalMs, mocked, crashWatch: false, host, port };
}
