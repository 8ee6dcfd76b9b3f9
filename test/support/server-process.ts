import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from './eventually.ts';

/** A real server that a test started; a process group of its own. */
export interface ServerProcess {
  readonly port: number;
  /** SIGSTOP: the kernel accepts connections, and nobody answers. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** SIGKILL; resolves when it is gone. */
  stop(): Promise<void>;
}

export interface ServerOptions {
  readonly command: readonly [string, ...string[]];
  readonly env?: NodeJS.ProcessEnv;
  readonly port: number;
  /** Resolves once it serves; by default when it accepts a connection. */
  readonly ready?: () => Promise<unknown>;
  /** Runs after its end, such as removing its data. */
  readonly cleanUp?: () => Promise<void>;
}

/** Default deadline for a server to come up on a busy machine. */
const startDeadlineMs = 60_000;

export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const { command, env, port, ready = () => accepts(port), cleanUp } = options;
  const [program, ...args] = command;
  const child = spawn(program, args, {
    cwd: '/',
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const output = collect(child);
  const signal = (name: NodeJS.Signals): void => signalGroup(child, name);
  const last = (): void => signal('SIGKILL');
  process.once('exit', last);
  const exited = once(child, 'exit').finally(() => process.off('exit', last));
  const stop = async (): Promise<void> => {
    signal('SIGKILL');
    await exited.catch(() => undefined);
    await cleanUp?.();
  };
  try {
    await eventually(
      async () => {
        if (child.exitCode === null) await ready();
      },
      { deadlineMs: startDeadlineMs, pollMs: 50 },
    );
    if (child.exitCode !== null) throw new Error(`exited with ${child.exitCode}`);
  } catch (error) {
    await stop();
    throw new Error(`${program} did not start: ${output()}`, { cause: error });
  }
  return { port, pause: () => signal('SIGSTOP'), resume: () => signal('SIGCONT'), stop };
}

function collect({ stdout, stderr }: ChildProcess): () => string {
  let text = '';
  for (const stream of [stdout, stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
  }
  return () => text;
}

function signalGroup({ pid, exitCode, signalCode }: ChildProcess, name: NodeJS.Signals): void {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  process.kill(-pid, name);
}

function accepts(port: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const socket = connect(port, '127.0.0.1', () => {
    socket.destroy();
    resolve();
  });
  socket.on('error', reject);
  return promise;
}
