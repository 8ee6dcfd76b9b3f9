/** A registry with more in it, or worse, than nerve ever writes. */
import {
  extraServer,
  leavesByItself,
  manyPorts,
  registeredByItself,
} from '../../faults/extra-instances.ts';
import { type StrangeNode, strangeNodes } from '../../faults/registry.ts';
import type { Drill, Stage } from '../../harness/drill.ts';
import { serviceOf } from '../../harness/inventory.ts';
import { limits } from '../../harness/limits.ts';
import { registryNow, serverIn, serverOut } from '../../harness/moments.ts';
import { firstOf } from '../../harness/who.ts';
import { shown } from '../../support/synapse.ts';
import { narrow, workers } from '../catalog/services.ts';

const firstPort = 8_600;

export const churn: Drill = {
  title: '20 instances are added and removed',
  set: 'production',
  about: 'Each takes traffic soon and leaves soon, over the runtime socket: no reload, no loss.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const host = firstOf(inventory, workers);
    const { consumers } = serviceOf(inventory.outputs, workers);
    const startedAtMs = Date.now();
    await stage.break(manyPorts(host, firstPort, 20));
    for (let port = firstPort; port < firstPort + 20; port += 1) {
      const server = extraServer(inventory, workers, host, port);
      const extra = await stage.break(registeredByItself(host, workers, port));
      await stage.within(limits.backIn, extra.atMs, () => serverIn(stage, consumers, server));
      const { atMs } = await stage.break(leavesByItself(host, workers, port));
      await stage.within(limits.leaveToOut, atMs, () => serverOut(stage, consumers, server, atMs));
      await extra.heal();
    }
    stage.judge(limits.twentyInTurn, Date.now() - startedAtMs);
  },
};

/** Everything that a stranger may write, and none of it good. */
const hostile: readonly StrangeNode[] = [
  { name: 'drill_1_0000000001', data: 'no-json' },
  { name: 'drill_2_0000000002', data: '{"host":"10.0.0.1\\nserver","port":80}' },
  { name: 'drill_3_0000000003', data: '{"host":"10.0.0.1;shutdown","port":80,"name":"x"}' },
  { name: 'drill_4_0000000004', data: '{"host":"10.0.0.1","port":99999,"name":"x"}' },
  { name: 'drill_5_0000000005', data: '{"host":"10.0.0.1","port":80,"name":"a;b\\u0000c"}' },
  { name: 'drill_6_0000000006', data: '{"host":"10.0.0.1","port":80,"labels":["list"]}' },
  { name: 'base64_99_zzz_0000000007', data: '{}' },
  { name: 'drill_8_0000000008', data: '[]' },
  { name: 'drill_9_0000000009', data: '{"host":"../../etc","port":-1}' },
  { name: 'drill_%n_%s', data: '{"host":"%s","port":"%d"}' },
];

export const hostileNodes: Drill = {
  title: 'hostile nodes are written into the registry by hand',
  set: 'production',
  about: 'The bad ones are left out and named; the good ones serve, and nothing is reloaded.',
  quick: true,
  play: async (stage) => {
    const { inventory } = stage;
    const { zkPath } = serviceOf(inventory.outputs, workers);
    await stage.break(strangeNodes('hostile nodes', zkPath, hostile));
    await stage.until('they are in the registry', () => {
      const nodes = registryNow(stage, workers);
      const missing = hostile.filter(({ name }) => !nodes.includes(name));
      if (missing.length > 0) throw new Error(missing.map(({ name }) => name).join(', '));
    });
    await stage.requestsPass(200);
    for (const host of serviceOf(inventory.outputs, workers).consumers) {
      await stage.until(`synapse on ${host} names them`, async () => {
        const { rejected } = await shown(inventory.hosts, host, workers);
        const named = new Set(rejected.map(({ node }) => node));
        const missing = hostile.filter(({ name }) => !named.has(name));
        if (missing.length > 0) throw new Error(missing.map(({ name }) => name).join(', '));
      });
    }
    for (const host of inventory.serviceHosts) {
      const config = await inventory.hosts.run(host, 'cat /var/lib/smartstack/haproxy/haproxy.cfg');
      if (/shutdown|10\.0\.0\.1|\.\.\/|%n/.test(config)) throw new Error(`it is in ${host}'s file`);
    }
  },
};

const many = 1_000;

export const thousandNodes: Drill = {
  title: '1,000 instances appear at once',
  set: 'production',
  about: 'All take traffic without a reload, and no request to any service is lost.',
  quick: false,
  play: async (stage) => {
    const { inventory } = stage;
    const host = firstOf(inventory, narrow);
    const address = inventory.hosts.address(host);
    const { zkPath, consumers } = serviceOf(inventory.outputs, narrow);
    await stage.break(manyPorts(host, firstPort, many));
    const nodes = Array.from({ length: many }, (_, index) => ({
      name: `many_${String(index).padStart(10, '0')}`,
      data: JSON.stringify({ host: address, port: firstPort + index, name: 'many' }),
    }));
    const last = (index: number): string => `${narrow}/many_${address}:${firstPort + index}`;
    const sample = [0, many / 2, many - 1].map(last);
    const wave = async (): Promise<void> => {
      const { atMs, heal } = await stage.break(strangeNodes('1,000 nodes', zkPath, nodes));
      await stage.until('all take traffic', () => {
        if (sample.some((one) => serverIn(stage, consumers, one) === undefined)) {
          throw new Error('not yet');
        }
      });
      stage.note(`all of them took traffic ${((Date.now() - atMs) / 1_000).toFixed(1)} s later`);
      await stage.requestsPass(300);
      await heal();
      await stage.until('none is left', () => {
        if (consumers.some((one) => Object.keys(serversOf(stage, one)).some(isExtra))) {
          throw new Error('not yet');
        }
      });
    };
    // What the first takes may be kept for the next; a second one must not take more.
    await wave();
    await stage.warmedUp();
    await wave();
  },
};

const isExtra = (server: string): boolean => server.startsWith(`${narrow}/many_`);

function serversOf(stage: Stage, host: string): Readonly<Record<string, string>> {
  return stage.watch.proxies(host).at(-1)?.servers ?? {};
}
