import { copyToRemote } from './copy-to-remote.ts';
import type { Executor } from './executor.ts';
import { localCommand } from './local-command.ts';
import { remoteCommand } from './remote-command.ts';

const executors: ReadonlyMap<string, Executor> = new Map([
  ['command:local:Command', localCommand],
  ['command:remote:Command', remoteCommand],
  ['command:remote:CopyToRemote', copyToRemote],
]);

/** Throws, naming the way out, for a type that this engine does not carry out. */
export function executorOf(type: string): Executor {
  const executor = executors.get(type);
  if (executor !== undefined) return executor;
  throw new UnsupportedError(`resources of type ${type}`);
}

export class UnsupportedError extends Error {
  /** As an error of gRPC has it: all that the SDK tells of a function that failed. */
  readonly details: string;

  constructor(what: string) {
    super(
      `the built-in engine does not carry out ${what}; install the Pulumi CLI ` +
        '(https://www.pulumi.com/docs/install/) and run the same command again',
    );
    this.name = 'UnsupportedError';
    this.details = this.message;
  }
}
