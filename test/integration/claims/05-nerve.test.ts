import { expect } from 'chai';
import { losesNothing } from '../support/lossless.ts';
import { renewNerve } from '../support/nerve.ts';
import { eventually } from '../support/poll.ts';
import { expectInstancesUp } from '../support/proxies.ts';
import { type Folder, type FolderWatch, readFolder, watchFolder } from '../support/registry.ts';
import { measured, openSession, type Session } from '../support/session.ts';

/** Well under the ten seconds that ZooKeeper keeps a session which says nothing. */
const atOnceMs = 5_000;
const rounds = 5;

describe('nerve', () => {
  let session: Session;
  let hosts: readonly string[];
  let instances: readonly string[];
  let member: string;
  /** Of a service that no drill but the restarts of nerve touches. */
  let undisturbed: Folder;

  before(async () => {
    session = await openSession();
    hosts = session.hosts.with('service');
    [member = ''] = session.hosts.with('zookeeper');
    instances = session.outputs.services.service_a?.on ?? [];
    await eventually(15_000, () => expectInstancesUp(session, 'service_a', instances));
    undisturbed = await readFolder(session.hosts, member, pathOf('service_b'));
  });
  after(() => session.hosts.close());

  const pathOf = (service: string): string => session.outputs.services[service]?.zkPath ?? '';
  const folders = (): Promise<readonly Folder[]> =>
    Promise.all(
      Object.values(session.outputs.services).map(({ zkPath }) =>
        readFolder(session.hosts, member, zkPath),
      ),
    );

  const renewals = {
    'systemctl restart': () => 'systemctl restart nerve',
    'kill -9': (pid: string) => `kill -9 ${pid}`,
  } as const;

  for (const [what, how] of Object.entries(renewals)) {
    it(`keeps every registration through a ${what} on every host`, async () => {
      const before = await folders();
      await losesNothing(session, 'service_a', async () => {
        const startedAt = performance.now();
        await Promise.all(hosts.map((host) => renewNerve(session.hosts, host, how)));
        const ms = Math.round(performance.now() - startedAt);
        measured(`${what} of nerve on ${hosts.length} hosts to all ready`, `${ms} ms`);
      });
      expect(await folders()).to.deep.equal(before);
    });
  }

  it('takes its instances out when it is stopped, and back when it is started', async () => {
    const [stopped = '', stays = ''] = instances;
    try {
      await losesNothing(session, 'service_a', async () => {
        await session.hosts.run(stopped, 'systemctl stop nerve');
        const out = await eventually(atOnceMs, () =>
          expectInstancesUp(session, 'service_a', [stays]),
        );
        measured('systemctl stop nerve to out of every proxy', `${Math.round(out.ms)} ms`);
        const { children } = await readFolder(session.hosts, member, pathOf('service_a'));
        expect(children.map((child) => child.replace(/_\d{10}$/, ''))).to.deep.equal([stays]);
        await session.hosts.run(stopped, 'systemctl start nerve');
        const back = await eventually(10_000, () =>
          expectInstancesUp(session, 'service_a', instances),
        );
        measured('systemctl start nerve to back in every proxy', `${Math.round(back.ms)} ms`);
      });
    } finally {
      await session.hosts.run(stopped, 'systemctl start nerve');
    }
  });

  it('takes an instance out at once when that is killed, and loses no request', async () => {
    const [host = ''] = instances;
    const watch = watchFolder(session.hosts, member, pathOf('service_a'));
    const times: number[] = [];
    try {
      await eventually(10_000, async () => expect(watch.seen).to.not.be.empty);
      await losesNothing(session, 'service_a', async () => {
        for (let round = 0; round < rounds; round += 1) {
          times.push(await killInstance(host, watch));
          await eventually(15_000, () => expectInstancesUp(session, 'service_a', instances));
        }
      });
    } finally {
      await watch.stop();
    }
    const sorted = times.sort((a, b) => a - b).map(Math.round);
    const median = sorted[Math.floor(rounds / 2)];
    measured('kill -9 of an instance to its node gone', `median ${median} ms of ${sorted} ms`);
  });

  // The drills since the restarts took longer than ZooKeeper keeps a session of nobody.
  it('still holds what it held before all of that', async () => {
    const now = await readFolder(session.hosts, member, pathOf('service_b'));
    expect(now).to.deep.equal(undisturbed);
  });

  /** Milliseconds, by the hosts' clocks. */
  async function killInstance(host: string, watch: FolderWatch): Promise<number> {
    const node = watch.seen.at(-1)?.children.find((child) => child.startsWith(`${host}_`));
    expect(node, `a node of ${host}`).to.be.a('string');
    const from = watch.seen.length;
    const killedAt = await session.hosts.run(
      host,
      'pid=$(systemctl show -P MainPID service_a); date +%s%3N; kill -9 "$pid"',
    );
    const { value } = await eventually(atOnceMs, async () => {
      const gone = watch.seen.slice(from).find(({ children }) => !children.includes(node ?? ''));
      return gone ?? expect.fail(`${node} is still there`);
    });
    return value.atMs - Number(killedAt);
  }
});
