import { SshPool } from '../ssh/pool.ts';
import { removeAll } from './deletions.ts';
import { Deployment, type DeploymentTools } from './deployment.ts';
import type { EngineEvent, Failure } from './events.ts';
import { withLock } from './lock.ts';
import { Mask } from './mask.ts';
import { runProgram, type StackConfig } from './program.ts';
import { StateFile } from './state-file.ts';
import { hasUnknown, revealMap, type ValueMap } from './values.ts';

export interface EngineOptions {
  readonly mode: 'up' | 'preview' | 'down';
  readonly project: string;
  readonly stack: string;
  /** Runs the program and resolves to its exports; not called for `down`. */
  readonly program: () => Promise<unknown>;
  /** The directory of the program's main file. */
  readonly directory: string;
  readonly config: StackConfig;
  readonly statePath: string;
  /** Encrypts the secrets in the state file. */
  readonly passphrase: string;
  readonly report: (event: EngineEvent) => void;
  /** Aborted: begin nothing new, let running steps finish. */
  readonly stop: AbortSignal;
  /** Aborted: end running steps, too. */
  readonly kill: AbortSignal;
}

export interface EngineResult {
  /** The program's own faults, in its own words. */
  readonly programErrors: readonly string[];
  readonly failures: readonly Failure[];
  readonly interrupted: boolean;
  /** The stack's outputs, secrets laid open. */
  readonly outputs: ValueMap;
}

/**
 * The built-in engine. One run:
 *
 *   lock ─► state ─► program ─► resource by resource: plan, apply, save ─► deletions ─► outputs
 *
 * Throws `LockedError` when another run is at work, and for a state file that cannot be read.
 */
export async function runEngine(options: EngineOptions): Promise<EngineResult> {
  if (options.mode === 'preview') return run(options);
  return await withLock(`${options.statePath}.lock`, () => run(options));
}

async function run(options: EngineOptions): Promise<EngineResult> {
  const readOnly = options.mode === 'preview';
  const file = await StateFile.load(options.statePath, options.passphrase, { readOnly });
  const ssh = new SshPool({ signal: options.stop });
  const tools = { ...options, file, ssh, mask: new Mask() };
  try {
    return options.mode === 'down' ? await takeDown(tools) : await converge(options, tools);
  } finally {
    ssh.close();
  }
}

async function converge(options: EngineOptions, tools: DeploymentTools): Promise<EngineResult> {
  const { file, stop } = tools;
  const deployment = new Deployment(tools);
  const end = await runProgram({
    ...options,
    preview: options.mode === 'preview',
    lastOutputs: revealMap(file.state.outputs),
    register: (goal) => deployment.register(goal),
    onSettled: () => tools.ssh.close(),
  });
  const complete = end.errors.length === 0 && deployment.complete && !stop.aborted;
  // A program that ended early did not name everything: nothing may be taken for left over.
  const removals = complete ? await removeAll(deployment.leftOver, tools) : [];
  const failures = [...deployment.failures, ...removals];
  if (options.mode === 'up' && end.errors.length === 0) {
    await file.change((state) => ({
      ...state,
      outputs: merged(state.outputs, end.outputs, complete),
    }));
  }
  return result(end.errors, failures, tools);
}

// Outputs of what failed are unknown: keep what they were.
function merged(before: ValueMap, after: ValueMap, complete: boolean): ValueMap {
  if (complete) return after;
  const known = Object.entries(after).filter(([, value]) => !hasUnknown(value));
  return { ...before, ...Object.fromEntries(known) };
}

async function takeDown(tools: DeploymentTools): Promise<EngineResult> {
  const failures = await removeAll(tools.file.state.entries, tools);
  if (tools.file.state.entries.length === 0) {
    await tools.file.change((state) => ({ ...state, outputs: {} }));
  }
  return result([], failures, tools);
}

function result(
  programErrors: readonly string[],
  failures: readonly Failure[],
  { file, stop }: DeploymentTools,
): EngineResult {
  const outputs = revealMap(file.state.outputs);
  return { programErrors, failures, interrupted: stop.aborted, outputs };
}

/** The outputs of the last `up`, secrets laid open; empty where there was none. */
export async function readOutputs(statePath: string, passphrase: string): Promise<ValueMap> {
  const file = await StateFile.load(statePath, passphrase, { readOnly: true });
  return revealMap(file.state.outputs);
}
