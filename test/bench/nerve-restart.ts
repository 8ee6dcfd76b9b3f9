/** A restart of nerve: everything confirmed soon, and nothing written where nothing changed. */
import type { ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import { startBackendProcess } from './support/backend-process.ts';
import { atMost, type Benchmark, quantilesOf } from './support/benchmark.ts';
import { prepareNerve, startNerve, stopNerve } from './support/nerve-process.ts';
import { manyServices } from './support/services.ts';

const services = 50;
const samples = 10;

export const nerveRestart: Benchmark = {
  name: 'nerve: restart with 50 services',
  run: async (lab) => {
    const backend = await startBackendProcess();
    const paths: string[] = [];
    const newPath = (): string => {
      const path = lab.newPath();
      paths.push(path);
      return path;
    };
    const setup = await prepareNerve(
      lab,
      manyServices({ ...lab, newPath }, backend.port, services),
    );
    const observer = await lab.connect();
    let nerve = startNerve(lab, setup);
    try {
      await nerve.allRegistered(services);
      const before = await nodesAt(observer, paths);
      const tookMs: number[] = [];
      for (let round = 0; round < samples; round += 1) {
        await nerve.process.kill();
        const startMs = performance.now();
        nerve = startNerve(lab, setup);
        await nerve.allRegistered(services);
        tookMs.push(performance.now() - startMs);
      }
      const after = await nodesAt(observer, paths);
      return [
        {
          name: `nerve: restart → ${services} registrations confirmed`,
          unit: 'ms',
          measured: quantilesOf(tookMs),
          limits: { median: atMost(1_000) },
        },
        {
          name: `nerve: registrations written anew by ${samples} restarts`,
          unit: '',
          measured: { median: after.filter((node) => !before.includes(node)).length },
          limits: { median: atMost(0) },
        },
      ];
    } finally {
      await stopNerve(nerve);
      await backend.close();
    }
  },
};

/** Sequence numbers are in their names: whatever was written anew has another. */
async function nodesAt(
  session: ZooKeeperSession,
  paths: readonly string[],
): Promise<readonly string[]> {
  const listings = paths.map(async (path) => {
    await session.sync(path);
    return ((await session.children(path)) ?? []).map((child) => `${path}/${child}`);
  });
  return (await Promise.all(listings)).flat();
}
