/**
 * The processes of an HAProxy with `nbproc` (before 2.5), each with a socket of its own: what the
 * first one is told, all of them are told. They start from one file, which follows the first.
 */
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { ChangeLog } from '../changes.ts';
import type { AdminSocket } from './admin.ts';
import type { ProcessInfo } from './answers.ts';
import { listBackends, type Observation, observe } from './observe.ts';
import { type Desired, planSteps, type Step } from './plan.ts';
import { RunningState } from './running-state.ts';
import { StepRunner } from './step-runner.ts';

export interface FurtherProcessesOptions {
  readonly admins: readonly AdminSocket[];
  /** Of the first process. */
  readonly state: RunningState;
  readonly changes: ChangeLog;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly isOvertaken: () => boolean;
  readonly causeOf: (step: Step) => string | undefined;
}

interface Member {
  readonly admin: AdminSocket;
  readonly state: RunningState;
  readonly steps: StepRunner;
}

const lookAgainMs = 1_000;

export class FurtherProcesses {
  readonly #options: FurtherProcessesOptions;
  readonly #members: readonly Member[];

  constructor(options: FurtherProcessesOptions) {
    this.#options = options;
    // What the first one remembers of its deeds is kept for all.
    const nothing = (): Promise<void> => Promise.resolve();
    const deeds = { saveRetiring: nothing, saveWeights: nothing };
    this.#members = options.admins.map((admin) => {
      const state = new RunningState();
      return { admin, state, steps: new StepRunner({ ...options, state, deeds }) };
    });
  }

  /** After the first process's own steps. Resolves to when to look again, if so. */
  async pass(desired: Desired, first: ProcessInfo): Promise<number | undefined> {
    const looks: number[] = [];
    for (const member of this.#members) {
      const againInMs = await this.#passOne(member, desired, first);
      if (againInMs !== undefined) looks.push(againInMs);
    }
    return looks.length === 0 ? undefined : Math.min(...looks);
  }

  async #passOne(
    member: Member,
    desired: Desired,
    first: ProcessInfo,
  ): Promise<number | undefined> {
    const { admin, state, steps } = member;
    const seen = await observe(admin);
    this.#noticeProcess(member, seen, desired);
    if (seen === undefined) return lookAgainMs;
    // Several sockets of one process: it has been told.
    if (seen.process.pid === first.pid) return undefined;
    for (const [key, was] of this.#options.state.retiring) {
      if (!state.retiring.has(key)) state.retiring.set(key, was);
    }
    state.forgetGone(seen);
    state.adoptRunning(desired, seen);
    const { fingerprint } = seen.process;
    const backends = fingerprint === desired.fingerprint ? [] : await listBackends(admin);
    const actual = { fingerprint, backends: new Set(backends), index: seen.index };
    return await steps.run(planSteps(desired, actual, state).steps, desired, admin);
  }

  #noticeProcess({ state }: Member, seen: Observation | undefined, desired: Desired): void {
    const before = state.process;
    state.process = seen?.process;
    if (before?.pid === seen?.process.pid) return;
    state.refused.clear();
    state.applied.clear();
    const { changes } = this.#options;
    if (seen === undefined) changes.record('further-process-lost', { pid: before?.pid });
    else {
      const { pid, version, fingerprint } = seen.process;
      const adopted = fingerprint === desired.fingerprint;
      changes.record('further-process-found', { pid, version, adopted });
    }
  }
}
