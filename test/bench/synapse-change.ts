/** How much longer than bare commands synapse takes from a new znode to traffic. */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Registration } from '../../agent/registration.ts';
import { type DaemonProcess, startNode } from '../support/daemon-process.ts';
import { eventually } from '../support/eventually.ts';
import { freePort } from '../support/free-ports.ts';
import type { TestHaproxy } from '../support/haproxy.ts';
import { type Asker, createAsker, startAnswering } from './support/answering.ts';
import { type Benchmark, quantilesOf, timesFloor } from './support/benchmark.ts';
import type { Lab } from './support/lab.ts';
import { followerOf, type ProxiedService, withProxied } from './support/proxied.ts';
import type { Registry } from './support/registry.ts';

const samples = 250;
const warmUp = 10;
const hosts = [1, 2, 3, 4, 5].map((last) => `127.0.0.${last}`);
/** Nearly every request is for the newcomer: what is measured is when it can have one. */
const newcomer = { host: '127.0.0.9', name: 'newcomer', weight: 256 } as const;
/** Each change is an isolated one. */
const pauseMs = 100;

export const synapseChange: Benchmark = {
  name: "synapse: a znode's change → traffic",
  run: async (lab) => {
    const answering = await startAnswering([...hosts, newcomer.host]);
    const asker = createAsker();
    const floorService = { name: 'floor', path: lab.newPath(), port: await freePort() };
    const { port } = answering;
    const extraSections = bareSections(floorService.port, port);
    const measured: number[] = [];
    const floor: number[] = [];
    try {
      return await withProxied(
        lab,
        { services: 50, hosts, port, extraSections },
        async (proxied) => {
          const { services, haproxy, registry } = proxied;
          const bare = await startBare(lab, registry, floorService.path, haproxy);
          try {
            for (let round = 0; round < samples + warmUp; round += 1) {
              const service = services[round % services.length] ?? floorService;
              const registration = { ...newcomer, port };
              const parts = { haproxy, registry, asker, registration };
              // In turn, so that both see the same machine.
              measured.push(await timeChange(parts, service));
              floor.push(await timeChange(parts, floorService));
            }
          } finally {
            await bare.kill();
          }
          return [
            {
              name: `${synapseChange.name}, 50 services × 5`,
              unit: 'ms',
              measured: quantilesOf(measured.slice(warmUp)),
              floor: quantilesOf(floor.slice(warmUp)),
              limits: { median: timesFloor(1.5), p99: timesFloor(3) },
            },
          ];
        },
      );
    } finally {
      asker.close();
      answering.close();
    }
  },
};

interface Parts {
  readonly haproxy: TestHaproxy;
  readonly registry: Registry;
  readonly asker: Asker;
  readonly registration: Registration;
}

async function timeChange(
  { haproxy, registry, asker, registration }: Parts,
  { name, path, port }: ProxiedService,
): Promise<number> {
  await sleep(pauseMs);
  const node = await registry.add(path, registration);
  const startMs = performance.now();
  const tookMs = (await asker.untilAnsweredBy(port, registration.host)) - startMs;
  await registry.remove(node);
  await eventually(async () => {
    // Its turn is over: it is deleted long before the service's next one.
    const servers = await haproxy.serversInTurn(name);
    if (servers.length !== hosts.length) throw new Error(`${name} keeps ${servers.length} servers`);
  });
  return tookMs;
}

/** A service of the same size that synapse leaves to the bare script. */
function bareSections(port: number, backendPort: number): Record<string, readonly string[]> {
  const servers = hosts.map(
    (host, index) => `server host-${index} ${host}:${backendPort} weight 1`,
  );
  return {
    'frontend floor': [`bind 127.0.0.1:${port}`, 'default_backend floor'],
    'backend floor': ['balance roundrobin', ...servers],
  };
}

async function startBare(
  lab: Lab,
  registry: Registry,
  path: string,
  { socketPath }: TestHaproxy,
): Promise<DaemonProcess> {
  await registry.prepare([path]);
  const program = fileURLToPath(new URL('support/bare-synapse.ts', import.meta.url));
  const bare = startNode([program, await followerOf(lab), path, socketPath, 'floor']);
  await eventually(() => {
    if (!bare.output.includes('ready')) throw new Error(`not ready: ${bare.output}`);
  });
  return bare;
}
