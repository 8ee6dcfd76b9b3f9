import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { eventually } from './eventually.ts';
import { freePort } from './free-ports.ts';

/** The system's own OpenSSH server, on a free loopback port, with keys of its own. */
export interface TestSshd {
  readonly port: number;
  readonly user: string;
  readonly privateKey: string;
  /** One line, as `ssh-keyscan` would give it. */
  readonly hostKey: string;
  /** A directory on the "host" that goes away with it. */
  readonly directory: string;
  /** Ends the server and every connection it holds, at once. */
  kill(): Promise<void>;
  stop(): Promise<void>;
}

const program = '/usr/sbin/sshd';

export async function startSshd(): Promise<TestSshd> {
  const directory = mkdtempSync(join(tmpdir(), 'smartstack-sshd-'));
  for (const name of ['host_key', 'user_key']) {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(directory, name)]);
  }
  const port = await freePort();
  writeFileSync(join(directory, 'sshd_config'), configuration(directory, port));
  if (userInfo().uid === 0) mkdirSync('/run/sshd', { recursive: true });
  const config = join(directory, 'sshd_config');
  const child = spawn(program, ['-D', '-e', '-f', config], { detached: true, stdio: 'ignore' });
  // Nothing of it outlives the tests, however they end.
  const last = (): void => killIfThere(-(child.pid ?? 0));
  process.on('exit', last);
  await answering(port, child);
  const kill = async (): Promise<void> => {
    process.off('exit', last);
    await endGroup(child);
  };
  return {
    port,
    user: userInfo().username,
    privateKey: readFileSync(join(directory, 'user_key'), 'utf8'),
    hostKey: readFileSync(join(directory, 'host_key.pub'), 'utf8').trim(),
    directory,
    kill,
    stop: async () => {
      await kill();
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function configuration(directory: string, port: number): string {
  chmodSync(directory, 0o700);
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${directory}/host_key`,
    `AuthorizedKeysFile ${directory}/user_key.pub`,
    `PidFile ${directory}/sshd.pid`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'PermitRootLogin prohibit-password',
    'AcceptEnv ACCEPTED PULUMI_COMMAND_STDOUT PULUMI_COMMAND_STDERR',
    'Subsystem sftp internal-sftp',
    '',
  ].join('\n');
}

async function answering(port: number, child: ChildProcess): Promise<void> {
  await eventually(async () => {
    if (child.exitCode !== null || (await connects(port))) return;
    throw new Error(`${program} does not answer on port ${port}`);
  });
  if (child.exitCode !== null) throw new Error(`${program} exited with ${child.exitCode}`);
}

function connects(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const settle = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true)).once('error', settle(false));
  });
}

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  // sshd puts each connection into a session of its own: take its children first.
  const found = spawnSync('ps', ['-o', 'pid=', '--ppid', `${child.pid}`], { encoding: 'utf8' });
  for (const pid of found.stdout.split(/\s+/).filter(Boolean)) killIfThere(Number(pid));
  killIfThere(-child.pid);
  await exited;
}

function killIfThere(pid: number): void {
  if (pid === 0) return; // would be our own group
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // ESRCH: it ended meanwhile
  }
}
