/** The stack under test, as a user drives it: through `npm run …`, and over ssh. */
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { chooseEngine } from '../../../infra/cli/engines/choose.ts';
import { openWorkspace } from '../../../infra/cli/workspace.ts';
import { parseOutputs, type StackOutputs } from '../../../infra/stack-outputs.ts';
import { clockBehind } from './clock-behind.ts';

export const root = resolve(import.meta.dirname, '../../..');

export interface Run {
  /** Such as `up`. */
  readonly command: string;
  readonly status: number | null;
  /** Both streams in the order of arrival. */
  readonly output: string;
  readonly seconds: number;
}

export interface RunOptions {
  /** A catalog other than `infra/catalog.ts`. */
  readonly catalog?: string;
  /** An agent other than `agent/`: the folder that holds it. */
  readonly agent?: string;
  /** As if it were run so many days ago. */
  readonly daysAgo?: number;
  /** Sends SIGINT to the command's whole process group, as Ctrl-C does, when it fires. */
  readonly interrupt?: AbortSignal;
}

/** `npm run <command> -- --stack <stack>`, as a user types it. */
export function npmRun(
  stack: string,
  command: string,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<Run> {
  const startedAt = performance.now();
  return new Promise((settle, reject) => {
    const child = spawn('npm', ['run', command, '--', '--stack', stack, ...args], {
      cwd: root,
      env: { ...process.env, NO_COLOR: '1', ...variables(options) },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let output = '';
    const take = (chunk: string): void => {
      output += chunk;
    };
    child.stdout.setEncoding('utf8').on('data', take);
    child.stderr.setEncoding('utf8').on('data', take);
    options.interrupt?.addEventListener('abort', () => {
      const running = child.exitCode === null && child.signalCode === null;
      if (running && child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
    });
    child.once('error', reject);
    child.once('close', (status) =>
      settle({ command, status, output, seconds: (performance.now() - startedAt) / 1_000 }),
    );
  });
}

function variables({ catalog, agent, daysAgo }: RunOptions): NodeJS.ProcessEnv {
  return {
    ...(catalog === undefined ? {} : { SMARTSTACK_CATALOG: catalog }),
    ...(agent === undefined ? {} : { SMARTSTACK_AGENT: agent }),
    ...(daysAgo === undefined ? {} : clockBehind(daysAgo)),
  };
}

/** For a command that has to succeed; throws all that it printed where it did not. */
export function succeeded(run: Run): Run {
  if (run.status === 0) return run;
  throw new Error(`npm run ${run.command} ended with ${run.status}:\n${run.output}`);
}

/** `npm run up` with the stack's own catalog, or with another. */
export async function bringUp(stack: string, catalog?: string): Promise<void> {
  succeeded(await npmRun(stack, 'up', [], catalog === undefined ? {} : { catalog }));
}

/** What the stack says of itself after its last `up`. */
export async function stackOutputs(stack: string): Promise<StackOutputs> {
  const outputs = await readOutputs(stack);
  if (outputs === undefined) throw new Error(`there is no stack "${stack}"`);
  return outputs;
}

/** Whether an `up` of it has ended, and no `down` since. */
export async function stackExists(stack: string): Promise<boolean> {
  return (await readOutputs(stack)) !== undefined;
}

async function readOutputs(stack: string): Promise<StackOutputs | undefined> {
  const engine = await chooseEngine(await openWorkspace(stack), undefined);
  return parseOutputs(await engine.outputs());
}
