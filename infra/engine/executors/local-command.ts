import { type ChildProcess, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { z } from 'zod';
import {
  type CommandOutput,
  commandExecutor,
  commandSchema,
  lineLogger,
  previousOutput,
  type RunCommand,
} from './command.ts';
import { CommandError, type Executor } from './executor.ts';

const unsupported = z
  .undefined({ error: 'the built-in engine does not know this input; the Pulumi CLI does' })
  .optional();

const schema = commandSchema.extend({
  interpreter: z.array(z.string()).nonempty().default(['/bin/sh', '-c']),
  dir: z.string().optional(),
  assetPaths: unsupported,
  archivePaths: unsupported,
});

const run: RunCommand = async (command, rawInputs, previous, context) => {
  const inputs = schema.parse(rawInputs);
  const [program = '', ...args] = inputs.interpreter;
  const child = spawn(program, [...args, command], {
    cwd: resolve(context.directory, inputs.dir ?? '.'),
    env: { ...process.env, ...inputs.environment, ...previousOutput(inputs, previous) },
    // A group of its own: Ctrl-C in the terminal must not cut it off before we decide to.
    detached: true,
  });
  const log = lineLogger(inputs, context.onLine);
  const stop = (): void => endGroup(child);
  context.signal.addEventListener('abort', stop, { once: true });
  if (context.signal.aborted) stop();
  try {
    return await collect(child, inputs.stdin ?? '', log.write);
  } finally {
    log.end();
    context.signal.removeEventListener('abort', stop);
  }
};

/** `command:local:Command`. */
export const localCommand: Executor = commandExecutor(schema, run);

function collect(
  child: ChildProcess,
  stdin: string,
  onChunk: (stream: 'stdout' | 'stderr', chunk: string) => void,
): Promise<CommandOutput> {
  const texts = { stdout: '', stderr: '', output: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (chunk: string) => {
      texts[stream] += chunk;
      texts.output += chunk;
      onChunk(stream, chunk);
    });
  }
  child.stdin?.on('error', () => {}); // EPIPE: the command reads no input
  child.stdin?.end(stdin);
  return new Promise((resolve, reject) => {
    const ended = (status: number | null, signal: NodeJS.Signals | null): void => {
      // Left open, they would look like work of the program still under way.
      child.stdout?.destroy();
      child.stderr?.destroy();
      const how = signal === null ? `failed with exit status ${status}` : `was ended by ${signal}`;
      if (status === 0) resolve(texts);
      else reject(new CommandError(`the command ${how}`, texts.output));
    };
    child.on('error', reject);
    child.on('close', ended);
    // A daemon that the command left behind may hold its pipes open for ever.
    child.on('exit', (status, signal) => setTimeout(ended, pipeGraceMs, status, signal).unref());
  });
}

const pipeGraceMs = 2_000;

const graceMs = 3_000;

function endGroup(child: ChildProcess): void {
  signalGroup(child, 'SIGTERM');
  const timer = setTimeout(() => signalGroup(child, 'SIGKILL'), graceMs);
  child.once('close', () => clearTimeout(timer));
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // ESRCH: it has ended meanwhile
  }
}
