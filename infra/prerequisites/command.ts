import { type SpawnOptions, spawn } from 'node:child_process';

export interface CommandOptions {
  readonly cwd?: string;
  /** Replaces the whole environment. */
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Receives each line of either stream as it comes; without it they are only kept. */
  readonly onLine?: (line: string) => void;
}

export interface CommandResult {
  /** `undefined` where a signal ended it or where the program does not exist. */
  readonly code: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that had to succeed and did not; the message ends with its own last lines. */
export class CommandError extends Error {
  readonly result: CommandResult;

  constructor(command: string, result: CommandResult) {
    const said = lastLines(`${result.stdout}\n${result.stderr}`, 12);
    const how = result.code === undefined ? 'did not run to its end' : `exited ${result.code}`;
    super(`${command} ${how}${said === '' ? '' : `:\n${said}`}`);
    this.name = 'CommandError';
    this.result = result;
  }
}

/** Runs a program of this machine. Its failure is part of the result. */
export function tryCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const { promise, resolve } = Promise.withResolvers<CommandResult>();
  const child = spawn(program, args, spawnOptions(options));
  const stdout = collect(child.stdout, options.onLine);
  const stderr = collect(child.stderr, options.onLine);
  child.on('error', (error) => resolve({ code: undefined, stdout: '', stderr: error.message }));
  child.on('close', (code) =>
    resolve({ code: code ?? undefined, stdout: stdout(), stderr: stderr() }),
  );
  child.stdin?.on('error', () => {
    // It may end without reading its input; its exit code says whether that was well.
  });
  child.stdin?.end(options.input ?? '');
  return promise;
}

/** Runs a program of this machine; throws a `CommandError` unless it exits with 0. */
export async function runCommand(
  program: string,
  args: readonly string[],
  options: CommandOptions = {},
): Promise<CommandResult> {
  const result = await tryCommand(program, args, options);
  if (result.code !== 0) throw new CommandError([program, ...args].join(' '), result);
  return result;
}

/** The last `count` lines that say something. */
export function lastLines(text: string, count: number): string {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-count)
    .join('\n');
}

function spawnOptions(options: CommandOptions): SpawnOptions {
  return {
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  };
}

function collect(
  stream: NodeJS.ReadableStream | null,
  onLine: ((line: string) => void) | undefined,
): () => string {
  let text = '';
  let shown = 0;
  stream?.setEncoding('utf8');
  stream?.on('data', (chunk: string) => {
    text += chunk;
    if (onLine === undefined) return;
    for (let end = text.indexOf('\n', shown); end >= 0; end = text.indexOf('\n', shown)) {
      onLine(text.slice(shown, end));
      shown = end + 1;
    }
  });
  return () => text;
}
