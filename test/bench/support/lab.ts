import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ZooKeeperSession } from '../../../agent/zookeeper/session.ts';
import { runCommand } from '../../../infra/prerequisites/command.ts';
import { buildAgentRelease } from '../../../infra/releases/agent.ts';
import { type Ensemble, startEnsemble } from '../../support/zookeeper.ts';
import { openSession } from '../../support/zookeeper-session.ts';

/** What all benchmarks of a run share. */
export interface Lab {
  /** The bundled agent as hosts get it, unpacked. */
  readonly release: string;
  readonly ensemble: Ensemble;
  /** A folder for what benchmarks write; gone afterwards. */
  readonly folder: string;
  /** As much and as long as promised, not only what shows most of it. */
  readonly full: boolean;
  /** A path below which nobody registered before. */
  newPath(): string;
  /** Through the member that is named, or any; closed with the lab. */
  connect(hosts?: readonly string[]): Promise<ZooKeeperSession>;
  close(): Promise<void>;
}

export async function createLab(full: boolean): Promise<Lab> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-'));
  const ensemble = await startEnsemble(3, { durable: true });
  const { path: archive } = await buildAgentRelease();
  await runCommand('tar', ['-xzf', archive, '-C', folder]);
  const sessions: ZooKeeperSession[] = [];
  let paths = 0;
  return {
    release: folder,
    ensemble,
    folder,
    full,
    newPath: () => {
      paths += 1;
      return `/bench/services/${paths}/services`;
    },
    connect: async (hosts = ensemble.hosts) => {
      const { session, connected } = openSession({ hosts, sessionTimeoutMs: 10_000 });
      sessions.push(session);
      await connected();
      return session;
    },
    close: async () => {
      await Promise.all(sessions.map((session) => session.close()));
      await ensemble.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
