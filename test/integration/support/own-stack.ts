/** A stack on boxes of this machine that is there for one purpose, and gone after it. */
import { rm, writeFile } from 'node:fs/promises';
import { openWorkspace } from '../../../infra/cli/workspace.ts';
import { npmRun, type Run, type RunOptions, succeeded } from './stack.ts';

const config =
  '# Stood up by the tests, and taken away by them.\nconfig:\n  smartstack:target: vagrant\n';

export interface OwnStack {
  readonly stack: string;
  /** Throws where the command fails. */
  run(command: 'up' | 'down', options?: RunOptions): Promise<Run>;
}

/** Nothing of it is up yet when `work` gets it; taken down whatever happens. */
export async function withOwnStack<T>(
  stack: string,
  work: (own: OwnStack) => Promise<T>,
): Promise<T> {
  const { configPath } = await openWorkspace(stack);
  const own: OwnStack = {
    stack,
    run: async (command, options) => succeeded(await npmRun(stack, command, [], options)),
  };
  await writeFile(configPath, config);
  try {
    return await work(own);
  } finally {
    await own.run('down');
    await rm(configPath, { force: true });
  }
}
