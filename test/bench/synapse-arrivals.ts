/** A deploy: instances of one service come one after the other, faster than the originals reload. */
import { setTimeout as sleep } from 'node:timers/promises';
import { createAsker, startAnswering } from './support/answering.ts';
import { atMost, type Benchmark, quantilesOf } from './support/benchmark.ts';
import { withProxied } from './support/proxied.ts';

const arrivals = 20;
const intervalMs = 100;
const first = ['127.0.0.1'] as const;
const newcomers = Array.from({ length: arrivals }, (_, index) => `127.0.0.${index + 2}`);

export const synapseArrivals: Benchmark = {
  name: 'synapse: 20 backends added',
  run: async (lab) => {
    const answering = await startAnswering([...first, ...newcomers]);
    const asker = createAsker();
    try {
      const { port } = answering;
      return await withProxied(lab, { services: 50, hosts: first, port }, async (proxied) => {
        const [service] = proxied.services;
        if (service === undefined) throw new Error('there is no service');
        const took: number[] = [];
        const before = await proxied.haproxy.info();
        for (const [index, host] of newcomers.entries()) {
          await sleep(intervalMs);
          const registration = { host, port, name: `newcomer-${index}`, weight: 1 };
          await proxied.registry.add(service.path, registration);
          const startMs = performance.now();
          took.push((await asker.untilAnsweredBy(service.port, host)) - startMs);
        }
        const sameWorker = before.pid === (await proxied.haproxy.info()).pid;
        return [
          {
            name: 'synapse: 20 backends added, each until it serves',
            unit: 'ms',
            measured: quantilesOf(took),
            limits: { p99: atMost(50) },
          },
          {
            name: 'synapse: 20 backends added, reloads',
            unit: '',
            measured: { median: sameWorker ? await proxied.reloads() : Number.NaN },
            limits: { median: atMost(0) },
          },
        ];
      });
    } finally {
      asker.close();
      answering.close();
    }
  },
};
