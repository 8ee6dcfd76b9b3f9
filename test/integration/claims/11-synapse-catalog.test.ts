import { expect } from 'chai';
import { burst } from '../support/burst.ts';
import { catalogFile, removeCatalogFiles } from '../support/catalog-file.ts';
import { type Fault, freeze, keepDead } from '../support/faults.ts';
import { lastOf, losesNothing, type SoFar } from '../support/lossless.ts';
import { eventually, soonMs } from '../support/poll.ts';
import { expectInstancesUp, serverNames } from '../support/proxies.ts';
import { readFolder } from '../support/registry.ts';
import { deleteChildren } from '../support/registry-edit.ts';
import { measured, openSession, type Session, succeeds } from '../support/session.ts';
import { listenForStatsd } from '../support/statsd-listener.ts';
import { metric, renewSynapse, shown } from '../support/synapse.ts';

const east = ['service_a_node_1', 'service_b_node_1'];
const west = ['service_a_node_2'];
const statsdHost = 'service_b_node_1';
const trio = { service: 'trio' } as const;
/** Of the metrics that a restart sends, all but those of faults. */
const atRestart = [
  'synapse.stop',
  'synapse.start',
  'synapse.watchers.start.time',
  'synapse.main_loop.elapsed_time',
  'synapse.watcher.start',
  'synapse.watcher.ping.count',
  'synapse.watcher.zk.discovery',
  'synapse.watcher.zk.children.elapsed_time',
  'synapse.watcher.zk.children.bytes',
  'synapse.watcher.zk.get.elapsed_time',
];
const connections = ['fresh', 'kept'] as const;
/** What one request takes, and how many come at once, to instances that take two. */
const slow = { takesMs: 50, limit: 2, requests: 120 } as const;

const program = `command: '/opt/smartstack/current/bin/node service-a.ts',
  files: { 'service-a.ts': 'infra/tutorial/service-a.ts' }`;
const pair = "on: ['service_a_node_1', 'service_a_node_2']";
const services = `
  zoned: { port: 8004, localPort: 3336, ${pair}, proxy: { zone: {} }, run: { ${program} } },
  trio: {
    port: 8005, localPort: 3337, on: ['service_a_node_1', 'service_a_node_2', 'service_b_node_1'],
    run: { ${program} },
  },
  narrow: {
    port: 8006, localPort: 3338, ${pair},
    proxy: { maxConnections: ${slow.limit}, queueTimeoutMs: 60_000 },
    run: {
      command: './counting-service.ts',
      environment: { TAKES_MS: '${slow.takesMs}' },
      files: { 'counting-service.ts': 'test/integration/support/counting-service.ts' },
    },
  },`;

describe('synapse by the catalog', () => {
  let session: Session;

  before(async () => {
    session = await openSession();
    const zones = [
      ...east.map((host) => [host, 'east'] as const),
      ...west.map((host) => [host, 'west'] as const),
    ].map(([host, zone]) => `${host}: { ...shipped.hosts.${host}, zone: '${zone}' },`);
    const others = `statsd: { host: '${session.hosts.address(statsdHost)}' },
      hosts: { ...shipped.hosts, ${zones.join(' ')} },`;
    const catalog = await catalogFile('synapse', services, others);
    const run = await succeeds('up', [], { catalog });
    measured('up with zones, statsd and three services more', `${run.seconds.toFixed(1)} s`);
    session.hosts.close();
    session = await openSession();
    for (const service of ['zoned', 'trio', 'narrow']) {
      await eventually(soonMs, () => allUp(service));
    }
  });
  after(async () => {
    session.hosts.close();
    await succeeds('up');
    await removeCatalogFiles();
  });

  const allUp = (service: string): Promise<void> =>
    expectInstancesUp(session, service, session.outputs.services[service]?.on ?? []);

  it('asks the own zone first, the other one when the own dies, and the own again', async () => {
    const [own = ''] = east;
    await losesNothing(
      session,
      'zoned',
      async (soFar) => {
        await eventually(soonMs, () => zonesServeThemselves(soFar));
        const dead = await keepDead(session.hosts, own, 'zoned');
        try {
          const over = await eventually(soonMs, async () => {
            for (const host of east) expect(shareOf(soFar, host, west)).to.equal(1);
          });
          measured(
            'an own zone dead to a second of answers elsewhere',
            `${Math.round(over.ms)} ms`,
          );
        } finally {
          await dead.heal();
        }
        const back = await eventually(soonMs, () => zonesServeThemselves(soFar));
        measured('alive to a second of answers from the own zone', `${Math.round(back.ms)} ms`);
      },
      { connections },
    );
  });

  it('lets a burst wait in the proxy, and never asks more of an instance than it takes', async () => {
    const { on = [], localPort } = session.outputs.services.narrow ?? {};
    const [consumer = ''] = session.hosts.with('service');
    const url = `http://127.0.0.1:${localPort}/`;
    const answers = await burst(session.hosts, consumer, url, slow.requests);
    expect(answers.filter(({ status }) => status !== 200)).to.deep.equal([]);
    for (const host of on) {
      const most = answers.filter(({ instance }) => instance === host).map(({ body }) => body);
      expect(Math.max(...most.map(Number)), host).to.equal(slow.limit);
    }
    const waits = answers.map(({ ms }) => ms).sort((a, b) => a - b);
    const figures = `first ${waits[0]} ms, last ${waits.at(-1)} ms`;
    measured(`${slow.requests} requests at once, ${slow.limit} to an instance`, figures);
  });

  it("sends statsd the original's metrics, from every host", async () => {
    const listener = listenForStatsd(session.hosts, statsdHost, 8_125);
    try {
      for (const host of session.hosts.with('service')) {
        // Whoever hears what comes each second does not miss the last word of the old process.
        await eventually(soonMs, async () => {
          const names = listener.namesFrom(session.hosts.address(host));
          expect(names, host).to.include('synapse.watcher.ping.count');
        });
        await renewSynapse(session.hosts, host, () => 'systemctl restart synapse');
        await eventually(soonMs, async () => {
          const names = listener.namesFrom(session.hosts.address(host));
          expect(names, host).to.include.members(atRestart);
        });
      }
      const names = listener.namesFrom(session.hosts.address('service_a_node_1'));
      measured('names of a restart', names.filter((one) => one.startsWith('synapse.')).join(' '));
    } finally {
      await listener.stop();
    }
  });

  it('holds most of a fleet that the registry forgets, each until it fails or is back', async () => {
    const { on: [failing = '', back = '', stays = ''] = [], zkPath = '' } =
      session.outputs.services.trio ?? {};
    const [member = ''] = session.hosts.with('zookeeper');
    const faults: Fault[] = [];
    const heal = async (): Promise<void> => {
      for (const fault of faults.toReversed()) await fault.heal();
    };
    try {
      await losesNothing(
        session,
        'trio',
        async () => {
          const before = await guardCounts();
          for (const host of [failing, back]) {
            faults.push(await freeze(session.hosts, host, 'nerve'));
          }
          const { children } = await readFolder(session.hosts, member, zkPath);
          const forgotten = children.filter((child) => !child.startsWith(`${stays}_`));
          await deleteChildren(session.hosts, member, zkPath, forgotten);
          await eventually(soonMs, () => expectHeld([failing, back]));
          // The first to go is back once HAProxy has checked it.
          await eventually(soonMs, () => allUp('trio'));
          faults.push(await keepDead(session.hosts, failing, 'trio'));
          const failed = await eventually(soonMs, () => expectHeld([back]));
          measured('kill -9 of one that is held to let go', `${Math.round(failed.ms)} ms`);
          await expectInstancesUp(session, 'trio', [back, stays]);
          await heal();
          const returned = await eventually(soonMs, () => expectHeld([]));
          measured('nerve works again to none held', `${Math.round(returned.ms)} ms`);
          await eventually(soonMs, () => allUp('trio'));
          expect(await guardCounts()).to.deep.equal({
            holds: before.holds + 2,
            failing: before.failing + 1,
            returned: before.returned + 1,
          });
        },
        { connections },
      );
    } finally {
      await heal();
    }
  });

  async function zonesServeThemselves(soFar: SoFar): Promise<void> {
    for (const host of east) expect(shareOf(soFar, host, east)).to.be.above(0.9);
    for (const host of west) expect(shareOf(soFar, host, west)).to.be.above(0.9);
  }

  /** In the status and in the metrics of every host. */
  async function expectHeld(hosts: readonly string[]): Promise<void> {
    for (const consumer of session.outputs.services.trio?.consumers ?? []) {
      const { guarded, instances } = await shown(session.hosts, consumer, 'trio');
      const held = instances.filter(({ origin }) => origin === 'guard');
      const names = held.map(({ server }) => server);
      expect(names, consumer).to.deep.equal(serverNames(session, 'trio', hosts));
      expect(guarded).to.equal(hosts.length);
      const gauge = metric(session.hosts, consumer, 'synapse_guarded_instances', trio);
      expect(await gauge).to.equal(hosts.length);
    }
  }

  async function guardCounts(): Promise<GuardCounts> {
    const count = (name: string, labels: Readonly<Record<string, string>>): Promise<number> =>
      metric(session.hosts, statsdHost, `synapse_guard_${name}_total`, labels);
    return {
      holds: await count('holds', trio),
      failing: await count('releases', { ...trio, reason: 'failing' }),
      returned: await count('releases', { ...trio, reason: 'returned' }),
    };
  }
});

interface GuardCounts {
  readonly holds: number;
  readonly failing: number;
  readonly returned: number;
}

/** Of the last second of a host's requests, answered by these. */
function shareOf(soFar: SoFar, host: string, instances: readonly string[]): number {
  const last = lastOf(
    soFar().filter(({ from }) => from === host),
    40,
  );
  return last.filter(({ instance }) => instances.includes(instance)).length / last.length;
}
