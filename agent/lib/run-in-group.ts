import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface GroupCommand {
  /** The program, found on PATH, and its arguments; no shell is involved. */
  readonly command: readonly string[];
  readonly cwd: string;
  /** The whole of it. */
  readonly environment: NodeJS.ProcessEnv;
}

export interface GroupEnd {
  /** `undefined` unless the program came to an end by itself. */
  readonly exitCode: number | undefined;
  /** What became of it, and the first line of what it said: one line, without control characters. */
  readonly summary: string;
}

const maxQuoteLength = 200;
const maxKeptLength = 4_096;
/** Who left the group may hold the program's streams for ever. */
const lastWordsMs = 100;
/** Marks that reorder a line's text, and separators that start one, are among them. */
const controls = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+/gu;

/**
 * Runs a program in a process group of its own, until it ends or `signal` is aborted. Then the
 * whole group is killed, so that nothing piles up; what is to outlive this must leave the group
 * (setsid).
 *
 * Never rejects, and settles upon an abort even if the kernel does not let the program die.
 *
 * @param onGone the program itself is no more, or never was; perhaps long after an abort
 */
export async function runInGroup(
  command: GroupCommand,
  signal: AbortSignal,
  onGone: () => void = () => undefined,
): Promise<GroupEnd> {
  if (signal.aborted) {
    onGone();
    return { exitCode: undefined, summary: 'aborted' };
  }
  let child: ChildProcess;
  try {
    child = start(command);
  } catch (error) {
    onGone();
    return notStarted(error);
  }
  for (const event of ['exit', 'error']) child.once(event, onGone);
  const said = [child.stderr, child.stdout].map(keepStart);
  const { exitCode, summary } = await endOf(child, signal);
  for (const stream of [child.stderr, child.stdout]) stream?.destroy();
  const quote = said.map((text) => firstLine(text())).find((line) => line !== '');
  return { exitCode, summary: quote === undefined ? summary : `${summary}: ${quote}` };
}

function start({ command: [program = '', ...args], cwd, environment }: GroupCommand): ChildProcess {
  return spawn(program, args, {
    cwd,
    detached: true,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function endOf(child: ChildProcess, signal: AbortSignal): Promise<GroupEnd> {
  const { promise, resolve } = Promise.withResolvers<GroupEnd>();
  let timer: NodeJS.Timeout | undefined;
  const abort = (): void => {
    killGroup(child);
    resolve({ exitCode: undefined, summary: 'aborted' });
  };
  signal.addEventListener('abort', abort, { once: true });
  child.once('error', (error) => resolve(notStarted(error)));
  child.once('exit', (code, killer) => {
    // From now on the number may be another group's, unless somebody is left in it.
    signal.removeEventListener('abort', abort);
    if (!signal.aborted) killGroup(child);
    const end = {
      exitCode: code ?? undefined,
      summary: killer === null ? `exit code ${code}` : `killed by ${killer}`,
    };
    timer = setTimeout(() => resolve(end), lastWordsMs);
    child.once('close', () => resolve(end));
  });
  const end = await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
  return end;
}

function killGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}

/** Reads on when it has enough: a program that talks a lot must not stall. */
function keepStart(stream: Readable | null | undefined): () => string {
  let kept = '';
  stream?.setEncoding('utf8').on('data', (text: string) => {
    kept += text.slice(0, Math.max(0, maxKeptLength - kept.length));
  });
  return () => kept;
}

function firstLine(text: string): string {
  const lines = text.split(/[\r\n]/).map((line) => line.replaceAll(controls, ' ').trim());
  return (lines.find((line) => line !== '') ?? '').slice(0, maxQuoteLength);
}

function notStarted(error: unknown): GroupEnd {
  const reason = error instanceof Error ? error.message : String(error);
  return { exitCode: undefined, summary: `could not be started: ${reason}` };
}
