/** Instances that come and go ten times a second each: bounded work, and the last state is right. */
import { setTimeout as sleep } from 'node:timers/promises';
import { atMost, type Benchmark } from './support/benchmark.ts';
import { untilServing } from './support/expected-servers.ts';
import { instancesOf, type Proxied, withProxied } from './support/proxied.ts';
import { coreShare } from './support/usage.ts';

const port = 8_080;
const bouncesPerSecond = 10;
/** Ten services with ten instances each. */
const services = 10;
const hosts = Array.from({ length: 10 }, (_, index) => `127.0.1.${index + 1}`);

export const synapseBounce: Benchmark = {
  name: 'synapse: 100 instances bouncing',
  run: (lab) =>
    withProxied(lab, { services, hosts: [], port, guard: null }, async (proxied) => {
      const durationMs = lab.full ? 60_000 : 20_000;
      const before = await proxied.haproxy.info();
      const [share, bounces] = await Promise.all([
        coreShare(proxied.synapse.pid, durationMs),
        bounce(proxied, durationMs),
      ]);
      const left = new Set(
        hosts.filter((_, index) => stays(index)).map((host) => `${host}:${port}`),
      );
      const expected = new Map(proxied.services.map(({ name }) => [name, left]));
      const settledMs = await untilServing(proxied, expected);
      const sameWorker = before.pid === (await proxied.haproxy.info()).pid;
      const reloads = await proxied.reloads();
      const rate = ((1_000 * bounces) / durationMs).toFixed(1);
      return [
        {
          name: `synapse: CPU, 100 instances bouncing ${rate} times a second`,
          unit: '%',
          measured: { median: share },
          limits: { median: atMost(60) },
        },
        {
          name: 'synapse: from the last bounce to the right servers',
          unit: 'ms',
          measured: { median: settledMs },
          limits: { median: atMost(1_000) },
        },
        {
          name: 'synapse: reloads while they bounced',
          unit: '',
          measured: { median: sameWorker ? reloads : Number.NaN },
          limits: { median: atMost(0) },
        },
      ];
    }),
};

/** In the end, half of each service: neither of the states that alternate. */
const stays = (index: number): boolean => index % 2 === 0;

/** Resolves to how often everybody came. */
async function bounce({ registry, services: all }: Proxied, durationMs: number): Promise<number> {
  const nodes = all.flatMap((service) => instancesOf(service, { hosts, port }));
  const halfMs = 500 / bouncesPerSecond;
  const endMs = performance.now() + durationMs;
  let bounces = 0;
  let dueMs = performance.now();
  for (;;) {
    const created = await registry.change(nodes, []);
    bounces += 1;
    if (performance.now() >= endMs) {
      const leaving = created.filter((_, index) => !stays(index));
      await registry.change([], leaving);
      return bounces;
    }
    dueMs += halfMs;
    await sleep(Math.max(0, dueMs - performance.now()));
    await registry.change([], created);
    dueMs += halfMs;
    await sleep(Math.max(0, dueMs - performance.now()));
  }
}
