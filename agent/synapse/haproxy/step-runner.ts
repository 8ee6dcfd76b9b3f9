/** Carries planned steps out over the runtime socket. */
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ChangeLog } from '../changes.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import { executeStep, type Outcome } from './execute.ts';
import type { Desired, Step } from './plan.ts';
import type { RunningState } from './running-state.ts';
import { createUses, type Uses } from './uses.ts';

/** Called before each: synapse must know its own deeds after a crash. */
export interface Deeds {
  /** Servers go into maintenance. */
  saveRetiring(): Promise<void>;
  saveWeights(): Promise<void>;
}

export interface StepRunnerOptions {
  readonly state: RunningState;
  readonly changes: ChangeLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly deeds: Deeds;
  /** For those who ask later why it was done. */
  readonly causeOf: (step: Step) => string | undefined;
}

const retryMs = 250;
/** Servers that may go one after the other go together. */
const restTogetherMs = 250;
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
    const { state, clock, deeds, logger } = this.#options;
    const retires = steps.filter(({ kind }) => kind === 'retire-server');
    for (const step of steps) state.foresee(step);
    if (retires.length > 0) await deeds.saveRetiring();
    if (steps.some(({ kind }) => kind === 'set-weight')) await deeds.saveWeights();
    const outcomes: Outcome[] = [];
    const uses = createUses(admin, state.unusedSince, clock);
    try {
      for (const step of steps) outcomes.push(await this.#carryOut(step, desired, admin, uses));
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      logger.warn('runtime-socket-failed', { error });
      return retryMs;
    }
    return this.#nextLook(outcomes, retires.length);
  }

  async #carryOut(step: Step, desired: Desired, admin: AdminSocket, uses: Uses): Promise<Outcome> {
    const { state, changes, logger, causeOf } = this.#options;
    const outcome = await executeStep(step, admin, uses);
    state.record(step, outcome, desired);
    const { kind, backend, server } = step;
    if (outcome.kind === 'done') {
      const cause = causeOf(step);
      changes.record(kind, { backend, server, ...(cause === undefined ? {} : { cause }) });
    }
    if (outcome.kind === 'refused') {
      logger.warn('step-refused', { step: kind, backend, server, reason: outcome.reason });
    }
    return outcome;
  }

  /** Requests that are under way decide when a retired server can go: look ever less often. */
  #nextLook(outcomes: readonly Outcome[], retired: number): number | undefined {
    if (outcomes.some(({ kind }) => kind === 'refused') || retired > 0) return 0;
    const isBusy = outcomes.some(({ kind }) => kind === 'busy');
    this.#busyMs = isBusy ? Math.min(lastBusyMs, this.#busyMs * 2) : firstBusyMs;
    const rests = outcomes.flatMap((one) =>
      one.kind === 'resting' ? [Math.max(restTogetherMs, one.forMs)] : [],
    );
    const looks = isBusy ? [this.#busyMs, ...rests] : rests;
    return looks.length === 0 ? undefined : Math.min(...looks);
  }
}
