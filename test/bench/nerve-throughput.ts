/** A thousand HTTP checks a second, each in its time. */
import { setTimeout as sleep } from 'node:timers/promises';
import { startBackendProcess } from './support/backend-process.ts';
import { atMost, type Benchmark, quantilesOf } from './support/benchmark.ts';
import { withNerve } from './support/nerve-process.ts';
import { manyServices } from './support/services.ts';

const services = 1_000;
const intervalMs = 1_000;
const durationMs = 20_000;
/** After the last registration: what the start piled up is over. */
const settleMs = 5_000;
const lateMs = 50;

export const nerveThroughput: Benchmark = {
  name: 'nerve: 1000 HTTP checks a second',
  run: async (lab) => {
    const backend = await startBackendProcess();
    try {
      return await withNerve(lab, manyServices(lab, backend.port, services), async () => {
        await sleep(settleMs);
        await backend.reset();
        await sleep(durationMs);
        const { requests, latenesses } = await backend.report(intervalMs);
        const perSecond = (1_000 * requests) / durationMs;
        if (perSecond < services) throw new Error(`${perSecond} checks a second only`);
        return [
          {
            name: `nerve: lateness of ${Math.round(perSecond)} HTTP checks a second`,
            unit: 'ms',
            measured: quantilesOf(latenesses),
            limits: {},
          },
          {
            name: `nerve: of those, checks late by more than ${lateMs} ms`,
            unit: '',
            measured: { median: latenesses.filter((lateness) => lateness > lateMs).length },
            limits: { median: atMost(0) },
          },
        ];
      });
    } finally {
      await backend.close();
    }
  },
};
