import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, open, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { killAtExit } from './kill-at-exit.ts';

export interface MemberPorts {
  readonly id: number;
  readonly clientPort: number;
  readonly peerPort: number;
  readonly electionPort: number;
}

export interface MemberOptions {
  /** Folder of the unpacked release. */
  readonly release: string;
  readonly directory: string;
  readonly server: MemberPorts;
  readonly servers: readonly MemberPorts[];
  /** Whether a write waits for the disk, as on hosts. */
  readonly durable: boolean;
}

/** One server process of an ensemble. Its data outlive a kill. */
export interface Member {
  readonly id: number;
  readonly clientPort: number;
  readonly host: string;
  /** Standard output and error of the server. */
  readonly logPath: string;
  readonly running: boolean;
  /** Starts the process unless it runs; does not wait for the ensemble. */
  start(): Promise<void>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGSTOP: accepts connections and answers nothing. */
  pause(): void;
  /** SIGCONT. */
  resume(): void;
  /** What it says it is; `undefined` while it serves nobody. */
  role(): Promise<string | undefined>;
}

const answerDeadlineMs = 1_000;

export async function createMember(options: MemberOptions): Promise<Member> {
  const { server, directory } = options;
  const home = join(directory, String(server.id));
  const logPath = join(home, 'zookeeper.log');
  await writeConfiguration(home, options);
  let child: ChildProcess | undefined;
  return {
    id: server.id,
    clientPort: server.clientPort,
    host: `127.0.0.1:${server.clientPort}`,
    logPath,
    get running() {
      return child !== undefined;
    },
    start: async () => {
      if (child) return;
      const started = await spawnServer(options, home, logPath);
      child = started;
      started.once('exit', () => {
        if (child === started) child = undefined;
      });
    },
    kill: async () => {
      if (!child) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    pause: () => {
      child?.kill('SIGSTOP');
    },
    resume: () => {
      child?.kill('SIGCONT');
    },
    role: async () => {
      const answer = await fourLetterWord(server.clientPort, 'srvr');
      return /^Mode: (\w+)$/m.exec(answer)?.[1];
    },
  };
}

async function writeConfiguration(home: string, { server, servers }: MemberOptions): Promise<void> {
  const data = join(home, 'data');
  await mkdir(data, { recursive: true });
  const config = [
    'tickTime=500',
    'initLimit=20',
    'syncLimit=6',
    'minSessionTimeout=1000',
    'maxSessionTimeout=20000',
    `dataDir=${data}`,
    'admin.enableServer=false',
    '4lw.commands.whitelist=*',
    'standaloneEnabled=false',
    'reconfigEnabled=true',
    `dynamicConfigFile=${join(home, 'zoo.cfg.dynamic')}`,
  ];
  const dynamic = servers.map(
    ({ id, peerPort, electionPort, clientPort }) =>
      `server.${id}=127.0.0.1:${peerPort}:${electionPort}:participant;127.0.0.1:${clientPort}`,
  );
  await Promise.all([
    writeFile(join(data, 'myid'), `${server.id}\n`),
    writeFile(join(home, 'zoo.cfg'), `${config.join('\n')}\n`),
    writeFile(join(home, 'zoo.cfg.dynamic'), `${dynamic.join('\n')}\n`),
  ]);
}

async function spawnServer(
  { release, durable }: MemberOptions,
  home: string,
  logPath: string,
): Promise<ChildProcess> {
  const log = await open(logPath, 'a');
  const main = 'org.apache.zookeeper.server.quorum.QuorumPeerMain';
  const flags = ['-Xmx128m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];
  const sync = `-Dzookeeper.forceSync=${durable ? 'yes' : 'no'}`;
  const child = spawn(
    'java',
    [...flags, sync, '-cp', classPath(release), main, join(home, 'zoo.cfg')],
    { stdio: ['ignore', log.fd, log.fd] },
  );
  killAtExit(child);
  await once(child, 'spawn');
  await log.close();
  return child;
}

function classPath(release: string): string {
  return `${join(release, 'conf')}:${join(release, 'lib')}/*`;
}

/** The server's answer to an administrative word; empty when it gives none. */
export function fourLetterWord(port: number, word: string): Promise<string> {
  return new Promise((resolve) => {
    let answer = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(word));
    socket.setEncoding('utf8').setTimeout(answerDeadlineMs, () => socket.destroy());
    socket.on('data', (text: string) => {
      answer += text;
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer));
  });
}
