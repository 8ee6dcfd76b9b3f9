import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand, tryCommand } from '../../infra/prerequisites/command.ts';
import { zookeeperRelease } from '../../infra/releases/zookeeper.ts';
import { freePorts } from './free-ports.ts';

/** An ensemble of one, run by the release's own programs out of a folder, as a host runs it. */
export interface ReleaseBed {
  readonly clientPort: number;
  /** The folder that stands for /etc/zookeeper, and the one for /var/lib/zookeeper/conf. */
  readonly etc: string;
  readonly conf: string;
  /** The `server.1=…` line of this member. */
  readonly seed: string;
  /** Runs a program of the release; resolves to what it said on both streams. */
  run(program: string, ...args: readonly string[]): Promise<{ code?: number; output: string }>;
  start(): void;
  stop(): Promise<void>;
}

export async function createReleaseBed(folder: string): Promise<ReleaseBed> {
  const release = join(folder, 'release');
  const [etc, conf, data] = [join(folder, 'etc'), join(folder, 'conf'), join(folder, 'data')];
  for (const each of [release, etc, data]) await mkdir(each);
  await runCommand('tar', ['-xzf', (await zookeeperRelease()).path, '-C', release]);
  const [clientPort = 0, peerPort = 0, electionPort = 0] = await freePorts(3);
  const seed = `server.1=127.0.0.1:${peerPort}:${electionPort}:participant;127.0.0.1:${clientPort}\n`;
  await writeFile(join(etc, 'zoo.cfg'), staticConfig(data));
  await writeFile(join(etc, 'zoo.cfg.dynamic.seed'), seed);
  await writeFile(join(data, 'myid'), '1\n');
  const env = { ...process.env, ZOOETCDIR: etc, ZOOCFGDIR: conf, ZK_SERVER_HEAP: '64' };
  let server: ChildProcess | undefined;
  return {
    clientPort,
    etc,
    conf,
    seed,
    run: async (program, ...args) => {
      const result = await tryCommand(join(release, 'bin', program), args, { env });
      const output = `${result.stdout}${result.stderr}`;
      return result.code === undefined ? { output } : { code: result.code, output };
    },
    start: () => {
      const program = join(release, 'bin/zkServer.sh');
      server = spawn(program, ['start-foreground'], { env, stdio: 'ignore' });
    },
    stop: async () => {
      if (server === undefined || server.exitCode !== null) return;
      const ended = new Promise((resolve) => server?.once('exit', resolve));
      server.kill();
      await ended;
    },
  };
}

function staticConfig(data: string): string {
  return `${[
    'tickTime=200',
    'initLimit=10',
    'syncLimit=5',
    `dataDir=${data}`,
    'standaloneEnabled=false',
    'reconfigEnabled=true',
    'skipACL=yes',
    'admin.enableServer=false',
    '4lw.commands.whitelist=ruok,srvr',
  ].join('\n')}\n`;
}
