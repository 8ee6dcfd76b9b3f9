import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { killAtExit } from './kill-at-exit.ts';

/** A daemon of the agent as a process of its own. */
export interface DaemonProcess {
  readonly pid: number | undefined;
  /** Standard output and error so far. */
  readonly output: string;
  /** The events of its log so far. */
  events(): readonly string[];
  /** Sends `signal` without waiting. */
  signal(signal: NodeJS.Signals): void;
  /** Resolves to the exit code, `null` after a signal. */
  readonly exited: Promise<number | null>;
  kill(): Promise<void>;
}

/** Run from source. */
export function startDaemon(
  daemon: 'nerve' | 'synapse',
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
): DaemonProcess {
  const program = fileURLToPath(new URL(`../../agent/bin/${daemon}.ts`, import.meta.url));
  return startNode([program, ...args], environment);
}

/**
 * `args`: Node's own, the program, and the program's. `errorPath`: a file for standard error, which
 * is then not part of `output`.
 */
export function startNode(
  args: readonly string[],
  environment: NodeJS.ProcessEnv = {},
  errorPath?: string,
): DaemonProcess {
  const errors = errorPath === undefined ? 'pipe' : openSync(errorPath, 'a');
  const child: ChildProcess = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', errors],
    env: { ...process.env, ...environment },
  });
  if (typeof errors === 'number') closeSync(errors);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  const exited = once(child, 'close').then(([code]): number | null => code);
  killAtExit(child);
  return {
    pid: child.pid,
    get output() {
      return output;
    },
    events: () => [...output.matchAll(/"event":"([^"]+)"/g)].map(([, event]) => event ?? ''),
    signal: (signal) => {
      child.kill(signal);
    },
    exited,
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
