/** How much longer than ZooKeeper itself nerve takes to register a service that passes. */
import { Buffer } from 'node:buffer';
import type { ZooKeeperSession } from '../../agent/zookeeper/session.ts';
import { type Benchmark, quantilesOf, timesFloor } from './support/benchmark.ts';
import { type FlipBackend, startFlipBackend } from './support/flip-backend.ts';
import { withNerve } from './support/nerve-process.ts';
import { expectChildren, hasNone, hasRegistration } from './support/watch-children.ts';

const samples = 100;
const warmUp = 10;

export const nerveRegistration: Benchmark = {
  name: "nerve: a check's pass → znode",
  run: async (lab) => {
    // All through the same members: one may be nearer to the leader than another.
    const leader = await lab.ensemble.leader();
    const [near, far] = lab.ensemble.members.filter((member) => member !== leader);
    if (near === undefined || far === undefined) throw new Error('the ensemble has no followers');
    const writer = await lab.connect([near.host]);
    const observer = await lab.connect([far.host]);
    const backend = await startFlipBackend();
    const path = lab.newPath();
    const service = {
      host: '127.0.0.1',
      port: backend.port,
      zk_hosts: [near.host],
      zk_path: path,
      check_interval: 0.05,
      checks: [{ type: 'http', uri: '/', timeout: 0.5, rise: 1, fall: 1 }],
    };
    const measured: number[] = [];
    const floor: number[] = [];
    const floorPath = lab.newPath();
    await writer.ensurePath(floorPath);
    try {
      await withNerve(lab, { service }, async () => {
        for (let round = 0; round < samples + warmUp; round += 1) {
          // In turn, so that both see the same machine.
          measured.push(await timeRegistration(backend, observer, path));
          floor.push(await timeCreation(writer, observer, floorPath));
        }
      });
    } finally {
      backend.close();
    }
    return [
      {
        name: nerveRegistration.name,
        unit: 'ms',
        measured: quantilesOf(measured.slice(warmUp)),
        floor: quantilesOf(floor.slice(warmUp)),
        limits: { median: timesFloor(1.5), p99: timesFloor(3) },
      },
    ];
  },
};

async function timeRegistration(
  backend: FlipBackend,
  observer: ZooKeeperSession,
  path: string,
): Promise<number> {
  const gone = await expectChildren(observer, path, hasNone);
  backend.fail();
  await gone.seenAtMs;
  const there = await expectChildren(observer, path, hasRegistration);
  const passedAtMs = await backend.pass();
  return (await there.seenAtMs) - passedAtMs;
}

async function timeCreation(
  writer: ZooKeeperSession,
  observer: ZooKeeperSession,
  path: string,
): Promise<number> {
  const there = await expectChildren(observer, path, hasRegistration);
  const startMs = performance.now();
  const data = Buffer.from('{"host":"127.0.0.1","port":12345,"name":"bench"}');
  const mode = 'ephemeral_sequential';
  const [created = ''] = await writer.commit([
    { kind: 'create', path: `${path}/bench_`, data, mode },
  ]);
  const tookMs = (await there.seenAtMs) - startMs;
  const gone = await expectChildren(observer, path, hasNone);
  await writer.commit([{ kind: 'delete', path: created }]);
  await gone.seenAtMs;
  return tookMs;
}
