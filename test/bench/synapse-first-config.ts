/** A thousand services: until the first configuration is there, and one change after that. */
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startNode } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { createTestHaproxy, type TestHaproxy } from '../support/haproxy.ts';
import { createAsker, startAnswering } from './support/answering.ts';
import {
  atMost,
  type Benchmark,
  type Limit,
  quantilesOf,
  type Row,
  timesFloor,
} from './support/benchmark.ts';
import type { Lab } from './support/lab.ts';
import {
  configure,
  followerOf,
  instancesOf,
  nameServices,
  type ProxiedService,
} from './support/proxied.ts';
import { createRegistry, type Registry } from './support/registry.ts';
import { type SynapseProcess, startSynapse } from './support/synapse-process.ts';
import { residentMib } from './support/usage.ts';

const services = 1_000;
/** After one that is not counted: the member that is asked has read its own code by then. */
const rounds = 3;
const changes = 10;
/** Once the file has followed the change before: each is an isolated one. */
const pauseMs = 1_000;
const newcomer = { host: '127.0.0.9', name: 'newcomer', weight: 256 } as const;
const patience = { deadlineMs: 60_000, pollMs: 5 } as const;

interface Size {
  readonly instances: number;
  readonly encoded: boolean;
  /** Until the first configuration is there. */
  readonly most: Limit;
}

export const synapseFirstConfig: Benchmark = {
  name: 'synapse: first configuration',
  run: async (lab) => [
    ...(await measure(lab, { instances: 10, encoded: false, most: atMost(1_300) })),
    ...(lab.full ? await measure(lab, { instances: 50, encoded: true, most: timesFloor(2) }) : []),
  ],
};

async function measure(lab: Lab, { instances, encoded, most }: Size): Promise<readonly Row[]> {
  const hosts = Array.from({ length: instances }, (_, index) => `127.0.1.${index + 1}`);
  const answering = await startAnswering([...hosts, newcomer.host]);
  const { port } = answering;
  const member = await followerOf(lab);
  const registry = createRegistry(await lab.connect([member]));
  const all = await nameServices(lab, services);
  const nodes = all.flatMap((service) => instancesOf(service, { hosts, port }));
  await registry.fill(nodes, { encoded });
  const haproxy = await createTestHaproxy();
  const start = (): Promise<SynapseProcess> => startSynapse(lab, haproxy, configure(all, [member]));
  const what = `synapse: ${services} services × ${instances}`;
  try {
    const first = await timeFirst(start, haproxy, nodes.length, () =>
      timeBare(lab, member, all, haproxy),
    );
    await haproxy.start();
    const synapse = await start();
    try {
      await eventually(() => synapse.metrics(), patience);
      const later = await timeChanges(registry, haproxy, all, port);
      return [
        {
          name: `${what}, first configuration`,
          unit: 'ms',
          measured: { median: quantilesOf(first.tookMs).median },
          floor: { median: quantilesOf(first.bareMs).median },
          limits: { median: most },
        },
        {
          name: `${what}, a change after that until traffic`,
          unit: 'ms',
          measured: quantilesOf(later),
          limits: { median: atMost(25) },
        },
        await memoryRow(what, synapse),
      ];
    } finally {
      await synapse.stop();
    }
  } finally {
    await haproxy.destroy();
    answering.close();
  }
}

/** By turns with the bare client, each from nothing. */
async function timeFirst(
  start: () => Promise<SynapseProcess>,
  haproxy: TestHaproxy,
  servers: number,
  timeBare: () => Promise<number>,
): Promise<{ readonly tookMs: readonly number[]; readonly bareMs: readonly number[] }> {
  const tookMs: number[] = [];
  const bareMs: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    await rm(haproxy.configPath, { force: true });
    const synapse = await start();
    const wholeMs = await eventually(async () => {
      const readMs = performance.now();
      await expectServers(haproxy, servers);
      // Not the time after it: to count the lines of such a file is not synapse's work.
      return readMs;
    }, patience);
    tookMs.push(wholeMs - synapse.startedMs);
    await synapse.stop();
    bareMs.push(await timeBare());
  }
  return { tookMs: tookMs.slice(1), bareMs: bareMs.slice(1) };
}

async function expectServers(
  { configText }: TestHaproxy,
  wanted: number,
  name = '',
): Promise<void> {
  const found = (await configText()).match(new RegExp(`^\\s+server ${name}`, 'gm'))?.length ?? 0;
  if (found !== wanted) throw new Error(`${found} servers in the file instead of ${wanted}`);
}

async function timeBare(
  { folder }: Lab,
  member: string,
  all: readonly ProxiedService[],
  { configPath }: TestHaproxy,
): Promise<number> {
  const paths = join(folder, 'paths');
  await writeFile(paths, all.map(({ path }) => path).join('\n'));
  const program = fileURLToPath(new URL('support/bare-first-config.ts', import.meta.url));
  const startMs = performance.now();
  const bare = startNode([program, member, paths, configPath]);
  const code = await bare.exited;
  if (code !== 0) throw new Error(`the bare client failed: ${bare.output}`);
  return performance.now() - startMs;
}

async function timeChanges(
  registry: Registry,
  haproxy: TestHaproxy,
  all: readonly ProxiedService[],
  port: number,
): Promise<readonly number[]> {
  const asker = createAsker();
  const took: number[] = [];
  try {
    for (const service of all.slice(0, changes)) {
      await sleep(pauseMs);
      await registry.add(service.path, { ...newcomer, port });
      const startMs = performance.now();
      took.push((await asker.untilAnsweredBy(service.port, newcomer.host)) - startMs);
      await eventually(() => expectServers(haproxy, took.length, newcomer.name), patience);
    }
    return took;
  } finally {
    asker.close();
  }
}

async function memoryRow(what: string, { pid }: SynapseProcess): Promise<Row> {
  return {
    name: `${what}, memory`,
    unit: 'MiB',
    measured: { median: await residentMib(pid) },
    limits: { median: atMost(350) },
  };
}
