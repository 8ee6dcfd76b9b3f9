import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { CommonCheckDefinition } from './common.ts';
import { type CheckResult, failed, passed } from './result.ts';

export interface ExecCheckDefinition extends CommonCheckDefinition {
  readonly type: 'exec';
  /** A program and its arguments. */
  readonly command: readonly string[];
  readonly exitCodes: readonly number[];
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';
/** Of what the program prints, as much is looked at. */
const maxOutputLength = 4_096;
/** How long its output may follow its end: somebody else may hold its pipes. */
const outputGraceMs = 100;

/**
 * Runs a program; its exit code decides, and the first line it prints says why it failed. It has a
 * process group of its own, of which nothing outlives the check.
 */
export async function checkExec(
  definition: ExecCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  signal.throwIfAborted();
  const child = start(definition);
  const kill = killGroupOnce(child);
  signal.addEventListener('abort', kill, { once: true });
  try {
    const output = collect(child);
    const closed = once(child, 'close').catch(() => undefined);
    const [code, by]: (number | string | null)[] = await once(child, 'exit', { signal });
    kill();
    if (definition.exitCodes.some((one) => one === code)) return passed;
    await Promise.race([closed, sleep(outputGraceMs, undefined, { signal, ref: false })]);
    return failed(describe(code === null ? `ended by ${by}` : `exit code ${code}`, output()));
  } finally {
    signal.removeEventListener('abort', kill);
    kill();
    child.stdout?.destroy();
    child.stderr?.destroy();
  }
}

function start({ command, host, port }: ExecCheckDefinition): ChildProcess {
  const [program = '/bin/false', ...args] = command;
  return spawn(program, args, {
    cwd: '/',
    detached: true,
    env: { PATH: process.env.PATH ?? defaultPath, HOST: host, PORT: String(port) },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Reads all, so that the program is not held up, and keeps the start. */
function collect({ stdout, stderr }: ChildProcess): () => string {
  const texts = [stdout, stderr].map(startOf);
  return () => texts.map((text) => text()).join('\n');
}

function startOf(stream: Readable | null): () => string {
  let text = '';
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    if (text.length < maxOutputLength) text += chunk.slice(0, maxOutputLength);
  });
  return () => text;
}

function describe(how: string, output: string): string {
  const line = output.split('\n').find((one) => one.trim() !== '');
  return line === undefined ? how : `${how}: ${line}`;
}

/** Once: the group's number may be somebody else's soon after its end. */
function killGroupOnce({ pid }: ChildProcess): () => void {
  let killed = pid === undefined;
  return () => {
    if (killed || pid === undefined) return;
    killed = true;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // ESRCH: nobody is left in it.
    }
  };
}
