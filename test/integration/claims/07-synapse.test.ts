import { expect } from 'chai';
import { type Fault, freeze, keepDead } from '../support/faults.ts';
import { lastOf, losesNothing } from '../support/lossless.ts';
import { eventually, soonMs } from '../support/poll.ts';
import { expectInstancesUp, expectServersUp, serverNames, workers } from '../support/proxies.ts';
import { readFolder } from '../support/registry.ts';
import { createChild, deleteChildren } from '../support/registry-edit.ts';
import { startCopy } from '../support/second-copy.ts';
import { measured, openSession, type Session } from '../support/session.ts';
import { origins } from '../support/synapse.ts';

const service = 'service_a';
const rounds = 5;
const connections = ['fresh', 'kept'] as const;

describe('synapse', () => {
  let session: Session;
  let instances: readonly string[];
  let member: string;
  let path: string;

  before(async () => {
    session = await openSession();
    [member = ''] = session.hosts.with('zookeeper');
    ({ on: instances, zkPath: path } = session.outputs.services[service] ?? { on: [], zkPath: '' });
    await eventually(soonMs, () => expectInstancesUp(session, service, instances));
  });
  after(() => session.hosts.close());

  it('loses no request to killed instances, on new connections and on kept ones', async () => {
    const before = await workers(session, service);
    const [host = '', stays = ''] = instances;
    await losesNothing(
      session,
      service,
      async () => {
        for (let round = 0; round < rounds; round += 1) {
          const dead = await keepDead(session.hosts, host, service);
          try {
            const out = await eventually(soonMs, () =>
              expectInstancesUp(session, service, [stays]),
            );
            measured('kill -9 to out of every proxy', `${Math.round(out.ms)} ms`);
          } finally {
            await dead.heal();
          }
          await eventually(soonMs, () => expectInstancesUp(session, service, instances));
        }
      },
      { connections },
    );
    expect(await workers(session, service)).to.deep.equal(before);
  });

  it('serves on when the registry loses all of them without a word, but for the dead', async () => {
    const [host = '', stays = ''] = instances;
    const faults: Fault[] = [];
    const heal = async (): Promise<void> => {
      for (const fault of faults.toReversed()) await fault.heal();
    };
    const before = await workers(session, service);
    try {
      await losesNothing(
        session,
        service,
        async (soFar) => {
          for (const one of instances) faults.push(await freeze(session.hosts, one, 'nerve'));
          const { children } = await readFolder(session.hosts, member, path);
          await deleteChildren(session.hosts, member, path, children);
          await eventually(soonMs, () => expectOrigins('guard'));
          // One that went a moment before the others is back once HAProxy has checked it.
          await eventually(soonMs, () => expectInstancesUp(session, service, instances));
          await eventually(soonMs, async () => {
            const latest = lastOf(soFar(), 40).map(({ instance }) => instance);
            expect([...new Set(latest)]).to.have.members(instances);
          });
          faults.push(await keepDead(session.hosts, host, service));
          await eventually(soonMs, () => expectInstancesUp(session, service, [stays]));
          const healedAt = performance.now();
          await heal();
          await eventually(soonMs, () => expectOrigins('registry'));
          await eventually(soonMs, () => expectInstancesUp(session, service, instances));
          const ms = Math.round(performance.now() - healedAt);
          measured('nerve works again to all registered and serving', `${ms} ms`);
        },
        { connections },
      );
    } finally {
      await heal();
    }
    expect(await workers(session, service)).to.deep.equal(before);
  });

  it('serves what the original nerve registers, in either form', async () => {
    // Which has the program.
    const [host = ''] = instances;
    const copies = [
      { service, port: 8009, id: 'i-0abc' },
      { service, port: 8010, id: 'i-0def' },
    ];
    const names = copies.map(({ id, port }) => `${id}_${session.hosts.address(host)}:${port}`);
    const all = [...serverNames(session, service, instances), ...names];
    const ends: (() => Promise<void>)[] = [];
    try {
      for (const copy of copies) ends.push(await startCopy(session.hosts, host, copy));
      await losesNothing(session, service, async (soFar) => {
        try {
          await registerAsOriginal(host);
          const shown = await eventually(soonMs, () => expectServersUp(session, service, all));
          measured('a foreign registration to a server everywhere', `${Math.round(shown.ms)} ms`);
          await eventually(soonMs, async () => {
            const answering = new Set(soFar().map(({ instance }) => instance));
            expect([...answering]).to.include.members(copies.map(({ id }) => id));
          });
        } finally {
          await deleteForeign();
        }
        await eventually(soonMs, () => expectInstancesUp(session, service, instances));
      });
    } finally {
      for (const end of ends) await end();
    }
  });

  async function expectOrigins(...expected: readonly string[]): Promise<void> {
    expect(await origins(session, service)).to.deep.equal(expected);
  }

  async function deleteForeign(): Promise<void> {
    const { children } = await readFolder(session.hosts, member, path);
    const isOwn = (child: string): boolean => instances.some((one) => child.startsWith(`${one}_`));
    const foreign = children.filter((child) => !isOwn(child));
    await deleteChildren(session.hosts, member, path, foreign);
  }

  /** As `lib/nerve/reporter/zookeeper.rb` of airbnb/nerve writes it. */
  async function registerAsOriginal(host: string): Promise<void> {
    const address = session.hosts.address(host);
    const plain = JSON.stringify({ host: address, port: 8009, name: 'i-0abc' });
    const more = { weight: 1, labels: { az: 'us-east-1a' } };
    const data = JSON.stringify({ host: address, port: 8010, name: 'i-0def', ...more });
    const encoded = Buffer.from(data).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
    const prefix = `base64_${encoded.length}_${encoded}_`;
    await createChild(session.hosts, member, path, { prefix: 'i-0abc_', data: plain });
    await createChild(session.hosts, member, path, { prefix, data });
  }
});
