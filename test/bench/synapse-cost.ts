/** What synapse takes from a host while nothing happens: a share of a core, and memory. */
import { startAnswering } from './support/answering.ts';
import { bareNodeMib } from './support/bare-node.ts';
import { aboveFloor, atMost, type Benchmark } from './support/benchmark.ts';
import { withProxied } from './support/proxied.ts';
import { coreShare, residentMib } from './support/usage.ts';

const durationMs = 20_000;
/** Past the collection of garbage with which a start ends, and close looks at a HAProxy just met. */
const settleMs = 15_000;
const hosts = [1, 2, 3, 4, 5].map((last) => `127.0.0.${last}`);

export const synapseCost: Benchmark = {
  name: 'synapse: CPU and memory',
  run: async (lab) => {
    const bareMib = await bareNodeMib('synapse', settleMs + durationMs);
    const answering = await startAnswering(hosts);
    try {
      const { port } = answering;
      return await withProxied(lab, { services: 50, hosts, port }, async ({ synapse: { pid } }) => {
        // What the start left behind is neither idle nor steady.
        await coreShare(pid, settleMs);
        const share = await coreShare(pid, durationMs);
        const memory = { median: await residentMib(pid) };
        return [
          {
            name: 'synapse: CPU, 50 services × 5, idle',
            unit: '%',
            measured: { median: share },
            limits: { median: atMost(0.2) },
          },
          {
            name: 'synapse: memory above bare Node, 50 services × 5',
            unit: 'MiB',
            measured: memory,
            floor: { median: bareMib },
            limits: { median: aboveFloor(25) },
          },
          {
            name: 'synapse: memory in all, 50 services × 5',
            unit: 'MiB',
            measured: memory,
            limits: { median: atMost(90) },
          },
        ];
      });
    } finally {
      answering.close();
    }
  },
};
