/** A real HAProxy in master-worker mode, in a folder of its own; owns its start and its end. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type AdminSocket, createAdminSocket } from '../../agent/synapse/haproxy/admin.ts';
import {
  type ActualServer,
  type ProcessInfo,
  parseInfo,
  parseServersState,
} from '../../agent/synapse/haproxy/answers.ts';
import { eventually } from './eventually.ts';

export interface TestHaproxy {
  readonly folder: string;
  readonly configPath: string;
  readonly socketPath: string;
  readonly masterPath: string;
  /** The runtime socket. */
  readonly admin: AdminSocket;
  readonly master: AdminSocket;
  /** Starts it on the file that is there; resolves once it answers. */
  start(): Promise<void>;
  /** All of its processes at once, as a crash or the kernel would. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Ends it and removes the folder. */
  destroy(): Promise<void>;
  info(): Promise<ProcessInfo>;
  servers(): Promise<readonly ActualServer[]>;
  /** Of one backend, without those in maintenance: they take nothing, and may be about to go. */
  serversInTurn(backend: string): Promise<readonly ActualServer[]>;
  configText(): Promise<string>;
  /** What it printed. */
  output(): string;
}

/** Of an answer. */
const deadlineMs = 15_000;

export async function createTestHaproxy(): Promise<TestHaproxy> {
  const folder = await mkdtemp(join(tmpdir(), 'haproxy-test-'));
  const configPath = join(folder, 'haproxy.cfg');
  const socketPath = join(folder, 'admin.sock');
  const masterPath = join(folder, 'master.sock');
  const admin = createAdminSocket({ path: socketPath, deadlineMs });
  const master = createAdminSocket({ path: masterPath, deadlineMs });
  let process_: ChildProcess | undefined;
  let output = '';
  const info = async (): Promise<ProcessInfo> => parseInfo(await admin.ask('show info'));

  const start = async (): Promise<void> => {
    // A process group of its own: the workers can be killed with the master.
    const child = spawn('haproxy', ['-W', '-f', configPath, '-S', masterPath], { detached: true });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
      });
    }
    await once(child, 'spawn');
    process_ = child;
    await eventually(async () => {
      if (child.exitCode !== null) throw new Error(`haproxy exited: ${output}`);
      await info();
    });
  };

  const servers = async (): Promise<readonly ActualServer[]> =>
    parseServersState(await admin.ask('show servers state'));

  const kill = async (signal: NodeJS.Signals = 'SIGKILL'): Promise<void> => {
    const child = process_;
    process_ = undefined;
    if (child?.pid === undefined || child.exitCode !== null) return;
    const ended = once(child, 'exit');
    process.kill(-child.pid, signal);
    await ended;
  };

  return {
    folder,
    configPath,
    socketPath,
    masterPath,
    admin,
    master,
    start,
    kill,
    destroy: async () => {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
    info,
    servers,
    serversInTurn: async (backend) =>
      (await servers()).filter((one) => one.backend === backend && one.admin !== 'maint'),
    configText: () => readFile(configPath, 'utf8'),
    output: () => output,
  };
}
