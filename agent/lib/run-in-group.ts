import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

export interface GroupCommand {
  /** The program, found on PATH, and its arguments; no shell is involved. */
  readonly command: readonly string[];
  readonly timeoutMs: number;
  /** On top of this process's own. */
  readonly environment: Readonly<Record<string, string>>;
}

export type GroupResult =
  | { readonly ok: true }
  /** `reason` is one line of at most about 300 characters; it may quote what the program said. */
  | { readonly ok: false; readonly reason: string };

/** What systemd tells a daemon about itself: a child that used it would speak in its name. */
const daemonsOwn = ['NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC', 'LISTEN_PID', 'LISTEN_FDS'];
const maxQuoteLength = 200;
const maxKeptBytes = 4_096;
/** Output that was written before the end may arrive after the news of it. */
const lastWordsMs = 100;

/**
 * Runs a program in a process group of its own. It is `ok` if the program exits with 0 in time.
 * Whatever is left of the group then is killed, as the whole group is on time-out and abort, so
 * that nothing piles up; a program that wants to outlive this makes a session of its own (setsid).
 *
 * Never rejects, and settles at the time-out even if the kernel does not let the program die.
 */
export async function runInGroup(command: GroupCommand, signal: AbortSignal): Promise<GroupResult> {
  if (signal.aborted) return failed('aborted');
  let child: ChildProcess;
  try {
    child = start(command);
  } catch (error) {
    return failed(`could not be started: ${error instanceof Error ? error.message : error}`);
  }
  const said = [child.stderr, child.stdout].map(keepStart);
  const ending = await endOf(child, command.timeoutMs, signal);
  killGroup(child);
  for (const stream of [child.stderr, child.stdout]) stream?.destroy();
  if (ending === 'success') return { ok: true };
  const quote = said.map((text) => firstLine(text())).find((line) => line !== '');
  return failed(quote === undefined ? ending : `${ending}: ${quote}`);
}

/** `success`, or what else became of it. */
async function endOf(child: ChildProcess, timeoutMs: number, signal: AbortSignal): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const abort = (): void => resolve('aborted');
  const expire = (): void => resolve(`not finished within ${Math.round(timeoutMs)} ms`);
  let timer = setTimeout(expire, timeoutMs);
  signal.addEventListener('abort', abort, { once: true });
  child.once('error', (error) => resolve(`could not be started: ${error.message}`));
  child.once('exit', (code, killer) => {
    const ending = describeExit(code, killer);
    clearTimeout(timer);
    timer = setTimeout(() => resolve(ending), lastWordsMs);
    child.once('close', () => resolve(ending));
  });
  const ending = await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', abort);
  return ending;
}

function start({ command: [program = '', ...args], environment }: GroupCommand): ChildProcess {
  const own = Object.entries(process.env).filter(([name]) => !daemonsOwn.includes(name));
  return spawn(program, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...Object.fromEntries(own), ...environment },
  });
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
    kept += text.slice(0, Math.max(0, maxKeptBytes - kept.length));
  });
  return () => kept;
}

function firstLine(text: string): string {
  const lines = text
    .split(/[\r\n\u2028\u2029]/)
    .map((line) => line.replaceAll(controls, ' ').trim());
  return (lines.find((line) => line !== '') ?? '').slice(0, maxQuoteLength);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it is for
const controls = /[\u0000-\u001f\u007f-\u009f]+/g;

function describeExit(code: number | null, killer: NodeJS.Signals | null): string {
  if (code === 0) return 'success';
  return killer === null ? `exit code ${code}` : `killed by ${killer}`;
}

function failed(reason: string): GroupResult {
  return { ok: false, reason };
}
