/** What nerve takes from a host: a share of a core, and memory. */
import { fileURLToPath } from 'node:url';
import { startNode } from '../support/daemon-process.ts';
import { startBackendProcess } from './support/backend-process.ts';
import { bareNodeMib } from './support/bare-node.ts';
import { aboveFloor, atMost, type Benchmark, type Row } from './support/benchmark.ts';
import type { Lab } from './support/lab.ts';
import { withNerve } from './support/nerve-process.ts';
import { manyServices } from './support/services.ts';
import { coreShare, residentMib } from './support/usage.ts';

const durationMs = 20_000;
const settleMs = 5_000;

export const nerveCost: Benchmark = {
  name: 'nerve: CPU and memory',
  run: async (lab) => {
    const bareMib = await bareNodeMib('nerve', settleMs + durationMs);
    const few = await measureNerve(lab, 5);
    const many = await measureNerve(lab, 50);
    return [
      cpuRow('nerve: CPU, 5 services checked each second', few, 0.5),
      cpuRow('nerve: CPU, 50 services checked each second', many, 3),
      ...memoryRows('5 services', few.mib, bareMib),
      ...memoryRows('50 services', many.mib, bareMib),
    ];
  },
};

interface Cost {
  readonly share: number;
  /** Of Node alone, for the same requests. */
  readonly bareShare: number;
  readonly mib: number;
}

async function measureNerve(lab: Lab, count: number): Promise<Cost> {
  const backend = await startBackendProcess();
  try {
    const bareShare = await measureBareChecks(backend.port, count);
    return await withNerve(lab, manyServices(lab, backend.port, count), async ({ pid }) => {
      // What the start left behind is neither idle nor steady.
      await coreShare(pid, settleMs);
      const share = await coreShare(pid, durationMs);
      return { share, bareShare, mib: await residentMib(pid) };
    });
  } finally {
    await backend.close();
  }
}

async function measureBareChecks(port: number, count: number): Promise<number> {
  const program = fileURLToPath(new URL('support/bare-checks.ts', import.meta.url));
  const bare = startNode([program, `${port}`, `${count}`]);
  try {
    await coreShare(bare.pid ?? 0, settleMs);
    return await coreShare(bare.pid ?? 0, durationMs);
  } finally {
    await bare.kill();
  }
}

function cpuRow(name: string, { share, bareShare }: Cost, limit: number): Row {
  return {
    name,
    unit: '%',
    measured: { median: share },
    floor: { median: bareShare },
    limits: { median: atMost(limit) },
  };
}

function memoryRows(what: string, mib: number, bareMib: number): readonly Row[] {
  const measured = { median: mib };
  return [
    {
      name: `nerve: memory above bare Node, ${what}`,
      unit: 'MiB',
      measured,
      floor: { median: bareMib },
      limits: { median: aboveFloor(25) },
    },
    {
      name: `nerve: memory in all, ${what}`,
      unit: 'MiB',
      measured,
      limits: { median: atMost(90) },
    },
  ];
}
