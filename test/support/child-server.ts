import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { killAtExit } from './kill-at-exit.ts';

/** A service in a process of its own, so that it can die without a word. */
export interface ChildServer {
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/** Accepts connections on loopback, and answers requests with 200. */
export function startChildServer(port: number): Promise<ChildServer> {
  return startChild(`
    require('node:http')
      .createServer((request, response) => response.end('ok'))
      .listen(${port}, '127.0.0.1', () => console.log('listening'));`);
}

/** `program`, for Node, prints something once it listens. */
export async function startChild(program: string): Promise<ChildServer> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  killAtExit(child);
  await Promise.race([once(child.stdout, 'data'), failedStart(child)]);
  return {
    kill: async () => {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}

async function failedStart(child: ChildProcess): Promise<never> {
  await once(child, 'exit');
  throw new Error('the server ended instead of listening');
}
