import { mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runCommand } from '../../infra/prerequisites/command.ts';
import { ensurePrograms } from '../../infra/prerequisites/programs.ts';
import { zookeeperRelease } from '../../infra/releases/zookeeper.ts';
import { eventually } from './eventually.ts';
import { freePorts } from './free-ports.ts';
import { createMember, type Member } from './zookeeper-member.ts';

/** A real ZooKeeper ensemble on loopback, of the release that hosts get. */
export interface Ensemble {
  readonly members: readonly Member[];
  /** `127.0.0.1:port` of each member, as `zk_hosts` has it. */
  readonly hosts: readonly string[];
  /** Resolves once one leader is elected and every running member follows it. */
  ready(): Promise<void>;
  leader(): Promise<Member>;
  /** Undoes what tests did: resumes and restarts every member. Resolves when ready. */
  heal(): Promise<void>;
  stop(): Promise<void>;
}

/** Session time-outs that the ensemble grants: short, so that expiry can be waited for. */
export const grantedSessionMs = { min: 1_000, max: 20_000 };

export interface EnsembleOptions {
  /** Default: no. Tests kill processes, not machines: waiting for the disk would prove nothing. */
  readonly durable?: boolean;
}

/** Starts `size` members and waits for their leader. */
export async function startEnsemble(
  size: number,
  { durable = false }: EnsembleOptions = {},
): Promise<Ensemble> {
  const release = await unpackedRelease();
  const directory = await mkdtemp(join(tmpdir(), 'zookeeper-'));
  const ports = await freePorts(3 * size);
  const servers = Array.from({ length: size }, (_, index) => ({
    id: index + 1,
    clientPort: ports[3 * index] ?? 0,
    peerPort: ports[3 * index + 1] ?? 0,
    electionPort: ports[3 * index + 2] ?? 0,
  }));
  const members = await Promise.all(
    servers.map((server) => createMember({ release, directory, server, servers, durable })),
  );
  const ready = (): Promise<void> => eventually(() => assertWhole(members), { deadlineMs: 60_000 });
  const stop = async (): Promise<void> => {
    await Promise.all(members.map((member) => member.kill()));
    await rm(directory, { recursive: true, force: true });
  };
  const ensemble: Ensemble = {
    members,
    hosts: members.map(({ host }) => host),
    ready,
    leader: () => eventually(() => findLeader(members)),
    heal: async () => {
      for (const member of members) member.resume();
      await Promise.all(members.map((member) => member.start()));
      await ready();
    },
    stop,
  };
  try {
    await Promise.all(members.map((member) => member.start()));
    await ready();
    return ensemble;
  } catch (error) {
    await stop();
    throw error;
  }
}

async function assertWhole(members: readonly Member[]): Promise<void> {
  const running = members.filter(({ running: isRunning }) => isRunning);
  const roles = await Promise.all(running.map((member) => member.role()));
  const expected = ['leader', ...running.slice(1).map(() => 'follower')].join();
  const actual = [...roles].sort().reverse().join();
  if (actual !== expected) throw new Error(`ensemble is not whole: ${roles.join()}`);
}

async function findLeader(members: readonly Member[]): Promise<Member> {
  const roles = await Promise.all(members.map((member) => member.role()));
  const leader = members[roles.indexOf('leader')];
  if (leader === undefined) throw new Error('no leader');
  return leader;
}

/** Unpacked beside the archive, once for all runs: what is there is whole. */
export async function unpackedRelease(): Promise<string> {
  await ensurePrograms(
    [{ name: 'java', package: 'default-jre-headless' }],
    'to run ZooKeeper in tests',
  );
  const { path, hash } = await zookeeperRelease();
  const folder = join(dirname(path), `zookeeper-${hash}`);
  if (await isFolder(folder)) return folder;
  const scratch = await mkdtemp(`${folder}-unpacking-`);
  await runCommand('tar', ['-xzf', path, '-C', scratch]);
  // Another run may have been faster; its folder has the same content.
  await rename(scratch, folder).catch(() => rm(scratch, { recursive: true, force: true }));
  return folder;
}

async function isFolder(path: string): Promise<boolean> {
  return await stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
