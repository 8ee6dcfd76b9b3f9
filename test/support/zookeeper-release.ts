import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePorts } from './free-ports.ts';
import { killAtExit } from './kill-at-exit.ts';
import { unpackedRelease } from './zookeeper.ts';
import { fourLetterWord } from './zookeeper-member.ts';

/** What a program said, both streams after each other. */
export interface Said {
  readonly code: number | null;
  readonly output: string;
}

/** A member run by the release's own programs out of a folder, as a host runs it. */
export interface ReleaseBed {
  readonly id: number;
  readonly clientPort: number;
  /** The folder that stands for /etc/zookeeper, and the one for /var/lib/zookeeper/conf. */
  readonly etc: string;
  readonly conf: string;
  /** The `server.<id>=…` line of this member, as one that votes. */
  readonly line: string;
  /** Writes the seed: the members as the catalog has them. */
  seed(lines: readonly string[]): Promise<void>;
  /** Runs a program of the release. */
  run(program: string, options?: RunOptions): Promise<Said>;
  /** As systemd does: composes the configuration first. */
  start(): Promise<Said>;
  /** SIGTERM, or SIGKILL. */
  stop(signal?: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** The host is made anew: nothing is left but its identity. */
  lose(): Promise<void>;
  /** The answer to a four-letter word; empty when there is none. */
  ask(word: string): Promise<string>;
}

export interface RunOptions {
  readonly arguments?: readonly string[];
  readonly input?: string;
}

/** How long programs wait for what does not come, in seconds. */
const patience = '8';
const flags = '-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto';

export async function createReleaseBed(folder: string, id = 1): Promise<ReleaseBed> {
  const release = await unpackedRelease();
  const [etc, conf, data] = [join(folder, 'etc'), join(folder, 'conf'), join(folder, 'data')];
  const [clientPort = 0, peerPort = 0, electionPort = 0] = await freePorts(3);
  const line = `server.${id}=127.0.0.1:${peerPort}:${electionPort}:participant;0.0.0.0:${clientPort}`;
  const lay = async (): Promise<void> => {
    await mkdir(data, { recursive: true });
    await writeFile(join(data, 'myid'), `${id}\n`);
  };
  await mkdir(etc, { recursive: true });
  await writeFile(join(etc, 'zoo.cfg'), staticConfig(data));
  await lay();
  const env = {
    ...process.env,
    ...{ ZOOETCDIR: etc, ZOOCFGDIR: conf, ZK_SERVER_HEAP: '64', ZK_CLIENT_HEAP: '32' },
    ...{ JVMFLAGS: flags, ZOO_PATIENCE: patience },
  };
  const spawnProgram = (program: string, args: readonly string[] = []): ChildProcess =>
    spawn(join(release, 'bin', program), args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
  const run = async (program: string, options: RunOptions = {}): Promise<Said> => {
    const child = spawnProgram(program, options.arguments);
    const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
    child.stdin?.end(options.input);
    const said = [child.stdout, child.stderr].map((stream) => (stream ? text(stream) : ''));
    const output = (await Promise.all(said)).join('');
    return { code: await ended, output };
  };
  const seed = async (lines: readonly string[]): Promise<void> => {
    await writeFile(join(etc, 'zoo.cfg.dynamic.seed'), lines.map((one) => `${one}\n`).join(''));
  };
  await seed([line]);
  let server: ChildProcess | undefined;
  const stop: ReleaseBed['stop'] = async (signal = 'SIGTERM') => {
    if (server === undefined || server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server?.once('exit', resolve));
    server.kill(signal);
    await ended;
  };
  return {
    ...{ id, clientPort, etc, conf, line, seed, run, stop },
    start: async () => {
      const composed = await run('zookeeper-compose-config');
      if (composed.code !== 0) return composed;
      const program = join(release, 'bin/zkServer.sh');
      server = spawn(program, ['start-foreground'], { env, stdio: 'ignore' });
      killAtExit(server);
      return composed;
    },
    lose: async () => {
      await stop('SIGKILL');
      for (const each of [data, conf]) await rm(each, { recursive: true, force: true });
      await lay();
    },
    ask: (word) => fourLetterWord(clientPort, word),
  };
}

function staticConfig(data: string): string {
  return `${[
    'tickTime=500',
    'initLimit=20',
    'syncLimit=6',
    `dataDir=${data}`,
    'standaloneEnabled=false',
    'reconfigEnabled=true',
    'skipACL=no',
    'admin.enableServer=false',
    '4lw.commands.whitelist=conf,isro,mntr,ruok,srvr',
  ].join('\n')}\n`;
}
