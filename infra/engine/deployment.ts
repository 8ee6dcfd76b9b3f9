import type { SshPool } from '../ssh/pool.ts';
import { applyStep } from './apply-step.ts';
import {
  CutOffError,
  describeFailure,
  type EngineEvent,
  type Failure,
  type StepView,
} from './events.ts';
import type { Executor, StepContext } from './executors/executor.ts';
import { executorOf } from './executors/registry.ts';
import type { Goal, Outcome } from './goal.ts';
import type { Mask } from './mask.ts';
import { planStep, type Step } from './plan.ts';
import { previewStep, viewOf } from './preview-step.ts';
import { type Entry, findEntry, renamed } from './state.ts';
import type { StateFile } from './state-file.ts';
import { StepLimits } from './step-limits.ts';
import { hasUnknown } from './values.ts';

export interface DeploymentTools {
  readonly mode: 'up' | 'preview' | 'down';
  readonly file: StateFile;
  readonly ssh: SshPool;
  readonly mask: Mask;
  readonly report: (event: EngineEvent) => void;
  /** The program's directory. */
  readonly directory: string;
  /** Aborted: nothing new is begun. */
  readonly stop: AbortSignal;
  /** Aborted: what runs is ended. */
  readonly kill: AbortSignal;
}

/**
 * Takes the program's resources one by one, as they are registered:
 *
 *   goal ──plan──► step ──apply (executor)──► entry in the state ──► outputs, back to the program
 *
 * What depends on something that failed is skipped; everything else goes on.
 */
export class Deployment {
  readonly failures: Failure[] = [];
  readonly #tools: DeploymentTools;
  readonly #outcomes = new Map<string, Outcome['kind']>();
  readonly #kept = new Set<string>();
  readonly #limits = new StepLimits();
  #skipped = 0;

  constructor(tools: DeploymentTools) {
    this.#tools = tools;
  }

  /** True as long as everything the program wants is in place (or would be). */
  get complete(): boolean {
    return this.failures.length === 0 && this.#skipped === 0;
  }

  /** Entries that the program no longer mentions, and what replacements left over. */
  get leftOver(): readonly Entry[] {
    const { entries } = this.#tools.file.state;
    return entries.filter((entry) => entry.obsolete || !this.#kept.has(entry.urn));
  }

  /** Throws only where the program itself is wrong. */
  async register(wanted: Goal): Promise<Outcome> {
    if (this.#outcomes.has(wanted.urn)) {
      throw new Error(`two resources of type ${wanted.type} are called ${wanted.name}`);
    }
    this.#outcomes.set(wanted.urn, 'done');
    this.#kept.add(wanted.urn);
    const outcome = await this.#settle(wanted);
    this.#outcomes.set(wanted.urn, outcome.kind);
    return outcome;
  }

  async #settle(wanted: Goal): Promise<Outcome> {
    const because = this.#obstacle(wanted);
    if (because !== undefined) return this.#skip(wanted, because);
    let view: StepView = { ...wanted, kind: 'create' };
    const startedAt = performance.now();
    try {
      const executor = executorOf(wanted.type);
      const step = await this.#plan(wanted, executor);
      view = viewOf(step);
      if (this.#tools.mode === 'preview') return await previewStep(step, executor, this.#tools);
      return await this.#apply(step, executor);
    } catch (error) {
      const cause = this.#tools.kill.aborted ? new CutOffError() : error;
      const failure = describeFailure(wanted.name, cause, this.#tools.mask);
      this.failures.push(failure);
      const ms = performance.now() - startedAt;
      this.#tools.report({ kind: 'failed', step: view, ms, failure });
      return { kind: 'failed' };
    }
  }

  #obstacle(goal: Goal): string | undefined {
    if (this.#tools.stop.aborted) return 'interrupted';
    const missing = goal.dependencies.find((urn) => {
      const outcome = this.#outcomes.get(urn);
      return outcome === 'failed' || outcome === 'skipped';
    });
    return missing === undefined ? undefined : `it needs ${missing.split('::').at(-1)}`;
  }

  #skip(goal: Goal, because: string): Outcome {
    this.#skipped += 1;
    this.#tools.report({ kind: 'skipped', step: { ...goal, kind: 'create' }, because });
    return { kind: 'skipped' };
  }

  async #plan(wanted: Goal, executor: Executor): Promise<Step> {
    this.#tools.mask.learn(wanted.inputs);
    const { directory, file } = this.#tools;
    const inputs = hasUnknown(wanted.inputs)
      ? wanted.inputs
      : await executor.prepare(wanted.inputs, directory);
    const former = findEntry(file.state, [wanted.urn, ...wanted.aliases]);
    if (former === undefined || former.urn === wanted.urn) {
      return planStep({ ...wanted, inputs }, former);
    }
    await file.change((state) => renamed(state, former.urn, wanted.urn));
    return planStep({ ...wanted, inputs }, findEntry(file.state, [wanted.urn]));
  }

  async #apply(step: Step, executor: Executor): Promise<Outcome> {
    const view = viewOf(step);
    const { file, report } = this.#tools;
    const context = this.#context(view);
    if (step.kind === 'same') {
      const entry = await applyStep(step, { executor, context, file });
      report({ kind: 'unchanged', step: view });
      return { kind: 'done', id: entry.id, outputs: entry.outputs };
    }
    return this.#limits.of(step.goal).run(async () => {
      if (this.#tools.stop.aborted) return this.#skip(step.goal, 'interrupted');
      report({ kind: 'started', step: view });
      const startedAt = performance.now();
      const entry = await applyStep(step, { executor, context, file });
      report({ kind: 'finished', step: view, ms: performance.now() - startedAt });
      return { kind: 'done', id: entry.id, outputs: entry.outputs };
    });
  }

  #context(view: StepView): StepContext {
    const { ssh, kill, directory, mask, report } = this.#tools;
    const onLine = (line: string): void =>
      report({ kind: 'line', step: view, line: mask.apply(line) });
    return { ssh, signal: kill, directory, onLine };
  }
}
