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
  /** Whether something is known by now that was not when the steps were planned. */
  readonly isOvertaken: () => boolean;
  /** For those who ask later why it was done. */
  readonly causeOf: (step: Step) => string | undefined;
}

/** Between two looks at whether they are overtaken; foreseen together. */
const stepsAtOnce = 50;
/** Steps that are overtaken go on for so long: a look at what runs takes a good part of it. */
const shareMs = 100;
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

  /**
   * Gives way to what is newer: a thousand steps keep no other service waiting, and none is carried
   * out that is no longer right. Resolves to when to look again, in milliseconds; 0: there is more to
   * do; `undefined`: all is done.
   */
  async run(
    steps: readonly Step[],
    desired: Desired,
    admin: AdminSocket,
  ): Promise<number | undefined> {
    const { state, clock, isOvertaken, logger } = this.#options;
    const outcomes: Outcome[] = [];
    const uses = createUses(admin, state.unusedSince, clock);
    const untilMs = clock.now() + shareMs;
    try {
      for (let done = 0; done < steps.length; done += stepsAtOnce) {
        if (clock.now() >= untilMs && isOvertaken()) return 0;
        const some = steps.slice(done, done + stepsAtOnce);
        await this.#foresee(some);
        for (const step of some) outcomes.push(await this.#carryOut(step, desired, admin, uses));
      }
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      logger.warn('runtime-socket-failed', { error });
      return retryMs;
    }
    return this.#nextLook(outcomes, steps.some(isRetirement));
  }

  async #foresee(steps: readonly Step[]): Promise<void> {
    const { state, deeds } = this.#options;
    for (const step of steps) state.foresee(step);
    if (steps.some(isRetirement)) await deeds.saveRetiring();
    if (steps.some(({ kind }) => kind === 'set-weight')) await deeds.saveWeights();
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
  #nextLook(outcomes: readonly Outcome[], retired: boolean): number | undefined {
    if (outcomes.some(({ kind }) => kind === 'refused') || retired) return 0;
    const isBusy = outcomes.some(({ kind }) => kind === 'busy');
    this.#busyMs = isBusy ? Math.min(lastBusyMs, this.#busyMs * 2) : firstBusyMs;
    const rests = outcomes.flatMap((one) =>
      one.kind === 'resting' ? [Math.max(restTogetherMs, one.forMs)] : [],
    );
    const looks = isBusy ? [this.#busyMs, ...rests] : rests;
    return looks.length === 0 ? undefined : Math.min(...looks);
  }
}

function isRetirement({ kind }: Step): boolean {
  return kind === 'retire-server';
}
