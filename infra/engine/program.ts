import * as pulumi from '@pulumi/pulumi';
import type { Goal, Outcome } from './goal.ts';
import { installMonitor, type MonitorOptions } from './monitor.ts';
import { loopActivity, quiescence } from './quiescence.ts';
import type { ValueMap } from './values.ts';

export interface ProgramOptions extends Omit<MonitorOptions, 'onOutputs'> {
  /** Runs the program; resolves to its exports, the stack's outputs. */
  readonly program: () => Promise<unknown>;
  /** The working directory that Pulumi gives it: that of its main file. */
  readonly directory: string;
  readonly config: StackConfig;
  /** Everything registered so far is settled: close what would look like work under way. */
  readonly onSettled: () => void;
}

/** Keys are `<project>:<name>`. */
export interface StackConfig {
  readonly values: Readonly<Record<string, string>>;
  readonly secretKeys: readonly string[];
}

export interface ProgramEnd {
  /** Faults of the program itself, each told once. */
  readonly errors: readonly string[];
  readonly outputs: ValueMap;
}

/** Runs a Pulumi program to its very end: everything registered, and everything answered. */
export async function runProgram(options: ProgramOptions): Promise<ProgramEnd> {
  let outputs: ValueMap = {};
  let registered = 0;
  const register = (goal: Goal): Promise<Outcome> => {
    registered += 1;
    return options.register(goal);
  };
  const onOutputs = (values: ValueMap): void => {
    outputs = values;
  };
  const errors = new Set<string>();
  const note = (error: unknown): void => {
    errors.add(describeProgramError(error));
  };
  const before = process.cwd();
  const baseline = loopActivity();
  process.on('unhandledRejection', note);
  process.chdir(options.directory);
  try {
    await installMonitor({ ...options, register, onOutputs });
    pulumi.runtime.setAllConfig({ ...options.config.values }, [...options.config.secretKeys]);
    await pulumi.runtime.runInPulumiStack(options.program).catch(note);
    for (let seen = -1; seen !== registered; ) {
      seen = registered;
      await pulumi.runtime.disconnect();
      options.onSettled();
      await quiescence(baseline);
    }
  } finally {
    process.chdir(before);
    process.off('unhandledRejection', note);
  }
  return { errors: [...errors], outputs };
}

const bugs: readonly (new (message: string) => Error)[] = [
  TypeError,
  ReferenceError,
  RangeError,
  SyntaxError,
];

/** What a program threw on purpose stands for itself; a bug comes with its stack. */
function describeProgramError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const deliberate: boolean = pulumi.RunError.isInstance(error);
  if (deliberate) return error.message;
  return bugs.some((kind) => error instanceof kind)
    ? (error.stack ?? error.message)
    : error.message;
}
