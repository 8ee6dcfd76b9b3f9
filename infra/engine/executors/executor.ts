import type { SshPool } from '../../ssh/pool.ts';
import type { ValueMap } from '../values.ts';

/** What a step may use; everything with an effect comes in here. */
export interface StepContext {
  readonly ssh: SshPool;
  /** Aborted when running commands shall end at once. */
  readonly signal: AbortSignal;
  /** Where relative paths start, and local commands run: the program's directory. */
  readonly directory: string;
  /** Receives the command's output, line by line, as far as its `logging` allows. */
  readonly onLine: (line: string) => void;
}

/** Inputs and outputs with secrets laid open. */
export interface Applied {
  readonly inputs: ValueMap;
  readonly outputs: ValueMap;
}

/** How one resource type is made, changed and removed. All return or take plain outputs. */
export interface Executor {
  /** Outputs that are known only once a step ran. */
  readonly computed: readonly string[];
  /** Completes the inputs (hashes of files …) for comparison; throws where they are wrong. */
  prepare(inputs: ValueMap, directory: string): Promise<ValueMap>;
  create(inputs: ValueMap, context: StepContext): Promise<ValueMap>;
  update(before: Applied, inputs: ValueMap, context: StepContext): Promise<ValueMap>;
  remove(before: Applied, context: StepContext): Promise<void>;
}

/** A command ended with an error of its own. */
export class CommandError extends Error {
  /** The last lines of its output, both streams in the order of arrival. */
  readonly lastLines: readonly string[];

  constructor(message: string, output: string) {
    super(message);
    this.name = 'CommandError';
    this.lastLines = output.trimEnd().split('\n').slice(-shownLines);
  }
}

const shownLines = 15;
