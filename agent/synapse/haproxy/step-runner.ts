/** Carries planned steps out over the runtime socket. */
import type { Logger } from '../../lib/logger.ts';
import type { ChangeLog } from '../changes.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import { executeStep, type Outcome } from './execute.ts';
import { createLoads, type Loads } from './loads.ts';
import type { Desired, Step } from './plan.ts';
import type { RunningState } from './running-state.ts';

/** Called before each: synapse must know its own deeds after a crash. */
export interface Deeds {
  /** Servers go into maintenance. */
  saveRetiring(): Promise<void>;
  saveWeights(): Promise<void>;
}

export interface StepRunnerOptions {
  readonly state: RunningState;
  readonly changes: ChangeLog;
  readonly logger: Logger;
  readonly deeds: Deeds;
  /** For those who ask later why it was done. */
  readonly causeOf: (step: Step) => string | undefined;
}

type OutcomeKind = Outcome['kind'];

const retryMs = 250;
const firstBusyMs = 20;
const lastBusyMs = 500;

export class StepRunner {
  readonly #options: StepRunnerOptions;
  #busyMs = firstBusyMs;

  constructor(options: StepRunnerOptions) {
    this.#options = options;
  }

  /** Resolves to when to look again, in milliseconds; `undefined`: all is done. */
  async run(
    steps: readonly Step[],
    desired: Desired,
    admin: AdminSocket,
  ): Promise<number | undefined> {
    const { state, deeds, logger } = this.#options;
    const retires = steps.filter(({ kind }) => kind === 'retire-server');
    for (const step of steps) state.foresee(step);
    if (retires.length > 0) await deeds.saveRetiring();
    if (steps.some(({ kind }) => kind === 'set-weight')) await deeds.saveWeights();
    const outcomes: OutcomeKind[] = [];
    const loads = createLoads(admin);
    try {
      for (const step of steps) outcomes.push(await this.#carryOut(step, desired, admin, loads));
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      logger.warn('runtime-socket-failed', { error });
      return retryMs;
    }
    return this.#nextLook(outcomes, retires.length);
  }

  async #carryOut(
    step: Step,
    desired: Desired,
    admin: AdminSocket,
    loads: Loads,
  ): Promise<OutcomeKind> {
    const { state, changes, logger, causeOf } = this.#options;
    const outcome = await executeStep(step, admin, loads);
    state.record(step, outcome, desired);
    const { kind, backend, server } = step;
    if (outcome.kind === 'done') {
      const cause = causeOf(step);
      changes.record(kind, { backend, server, ...(cause === undefined ? {} : { cause }) });
    }
    if (outcome.kind === 'refused') {
      logger.warn('step-refused', { step: kind, backend, server, reason: outcome.reason });
    }
    return outcome.kind;
  }

  /** Requests that are under way decide when a retired server can go: look ever less often. */
  #nextLook(outcomes: readonly OutcomeKind[], retired: number): number | undefined {
    if (outcomes.includes('refused') || retired > 0) return 0;
    if (!outcomes.includes('busy')) {
      this.#busyMs = firstBusyMs;
      return undefined;
    }
    this.#busyMs = Math.min(lastBusyMs, this.#busyMs * 2);
    return this.#busyMs;
  }
}
