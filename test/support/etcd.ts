import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createEtcdClient, type EtcdClient } from '../../agent/etcd/client.ts';
import { systemClock } from '../../agent/lib/clock.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-ports.ts';
import { killAtExit } from './kill-at-exit.ts';

/** A real etcd of one member on loopback; its data outlive a kill. */
export interface TestEtcd {
  readonly host: string;
  readonly port: number;
  /** For looking at what is there, and for meddling with it. */
  readonly client: EtcdClient;
  /** Starts the process; resolves once it answers. */
  start(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: accepts connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** Ends it and removes its data. */
  destroy(): Promise<void>;
}

export async function startTestEtcd(): Promise<TestEtcd> {
  const folder = await mkdtemp(join(tmpdir(), 'etcd-test-'));
  const [port = 0, peerPort = 0] = await freePorts(2);
  const host = '127.0.0.1';
  const client = createEtcdClient({ host, port, deadlineMs: 2_000, clock: systemClock });
  let child: ChildProcess | undefined;

  const start = async (): Promise<void> => {
    child = await spawnServer(folder, port, peerPort);
    await eventually(() => client.probe());
  };
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  const destroy = async (): Promise<void> => {
    client.close();
    await kill();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await destroy();
    throw error;
  }
  return {
    host,
    port,
    client,
    start,
    kill,
    pause: () => {
      child?.kill('SIGSTOP');
    },
    resume: () => {
      child?.kill('SIGCONT');
    },
    destroy,
  };
}

async function spawnServer(folder: string, port: number, peerPort: number): Promise<ChildProcess> {
  const log = await open(join(folder, 'etcd.log'), 'a');
  const [own, peer] = [port, peerPort].map((one) => `http://127.0.0.1:${one}`);
  const options = {
    'data-dir': join(folder, 'data'),
    name: 'member',
    'listen-client-urls': own,
    'advertise-client-urls': own,
    'listen-peer-urls': peer,
    'initial-advertise-peer-urls': peer,
    'initial-cluster': `member=${peer}`,
    // The shortest lease is one and a half elections.
    'heartbeat-interval': 50,
    'election-timeout': 500,
  };
  const args = Object.entries(options).flatMap(([name, value]) => [`--${name}`, `${value}`]);
  const child = spawn('etcd', args, { stdio: ['ignore', log.fd, log.fd] });
  killAtExit(child);
  await once(child, 'spawn');
  await log.close();
  return child;
}
