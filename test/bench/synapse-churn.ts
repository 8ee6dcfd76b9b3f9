/** Instances come and go at random: HAProxy is never reloaded, and has the last state at the end. */
import { atMost, type Benchmark } from './support/benchmark.ts';
import { type Expected, untilServing } from './support/expected-servers.ts';
import type { Lab } from './support/lab.ts';
import { type Proxied, type ProxiedService, withProxied } from './support/proxied.ts';

const port = 8_080;
const most = 10;
const least = 2;

export const synapseChurn: Benchmark = {
  name: 'synapse: random changes',
  run: (lab) =>
    withProxied(lab, { services: 50, hosts: [], port, guard: null }, async (proxied) => {
      const changes = changesOf(lab);
      const before = await proxied.haproxy.info();
      const startMs = performance.now();
      const expected = await churn(proxied, changes);
      const tookMs = performance.now() - startMs;
      const settledMs = await untilServing(proxied, expected);
      const sameWorker = before.pid === (await proxied.haproxy.info()).pid;
      const reloads = await proxied.reloads();
      const perSecond = Math.round((1_000 * changes) / tookMs);
      return [
        {
          name: `synapse: reloads in ${changes} random changes, ${perSecond} a second`,
          unit: '',
          measured: { median: sameWorker ? reloads : Number.NaN },
          limits: { median: atMost(0) },
        },
        {
          name: 'synapse: from the last of them to the right servers',
          unit: 'ms',
          measured: { median: settledMs },
          limits: { median: atMost(1_000) },
        },
      ];
    }),
};

const changesOf = ({ full }: Lab): number => (full ? 10_000 : 3_000);

/** Resolves to what should serve then. */
async function churn({ registry, services }: Proxied, changes: number): Promise<Expected> {
  const here = new Map<ProxiedService, Map<string, string>>(
    services.map((service) => [service, new Map()]),
  );
  let next = 0;
  for (let change = 0; change < changes; change += 1) {
    const [service, nodes] = pick([...here]);
    const isArrival = nodes.size <= least || (nodes.size < most && Math.random() < 0.5);
    if (isArrival) {
      next = (next + 1) % 200;
      const host = `127.0.${1 + (next % 20)}.${1 + Math.floor(next / 20)}`;
      const [address, node] = [`${host}:${port}`, nodes.get(`${host}:${port}`)];
      const registration = { host, port, name: host, weight: 1 + (change % 10) };
      // One that is there already changes its weight, in nerve's manner.
      const [created = ''] = await registry.change(
        [{ path: service.path, registration }],
        node === undefined ? [] : [node],
      );
      nodes.set(address, created);
    } else {
      const [address, node] = pick([...nodes]);
      await registry.remove(node);
      nodes.delete(address);
    }
  }
  return new Map([...here].map(([{ name }, nodes]) => [name, new Set(nodes.keys())]));
}

function pick<T>(all: readonly T[]): T {
  const one = all[Math.floor(Math.random() * all.length)];
  if (one === undefined) throw new Error('there is none');
  return one;
}
