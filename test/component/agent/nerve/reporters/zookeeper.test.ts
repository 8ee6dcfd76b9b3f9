import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { departedPath, encodeDeparture, parseDeparture } from '../../../../../agent/departure.ts';
import { systemClock } from '../../../../../agent/lib/clock.ts';
import { removeOrphans } from '../../../../../agent/nerve/reporters/orphans.ts';
import type { NodeType, ZooKeeperPlace } from '../../../../../agent/nerve/reporters/place.ts';
import { type Registry, RegistryError } from '../../../../../agent/nerve/reporters/registry.ts';
import { openZooKeeperRegistry } from '../../../../../agent/nerve/reporters/zookeeper.ts';
import {
  childPrefix,
  encodeRegistration,
  parseRegistration,
  type Registration,
} from '../../../../../agent/registration.ts';
import { ZooKeeperError, type ZooKeeperSession } from '../../../../../agent/zookeeper/session.ts';
import { sessionWith } from '../../../../../agent/zookeeper/session-with.ts';
import { eventually } from '../../../../support/eventually.ts';
import {
  createRecordingLogger,
  type RecordingLogger,
} from '../../../../support/recording-logger.ts';
import { type Ensemble, startEnsemble } from '../../../../support/zookeeper.ts';
import {
  accessAs,
  type ObservedSession,
  openSession,
} from '../../../../support/zookeeper-session.ts';

const registration: Registration = { host: '10.0.0.5', port: 80, name: 'node_1' };
const heavier: Registration = { ...registration, weight: 9 };
const sibling: Registration = { ...registration, port: 81 };

interface OpenRegistry {
  readonly registry: Registry;
  readonly logger: RecordingLogger;
  readonly session: ZooKeeperSession;
  /** How often it asked for another look. */
  disturbances(): number;
}

describe('a ZooKeeper registry', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let observer: ZooKeeperSession;
  let opened: ObservedSession[] = [];
  let registries: Registry[] = [];
  let path: string;
  let count = 0;

  before(async () => {
    ensemble = await startEnsemble(1);
  });
  after(() => ensemble.stop());
  beforeEach(async () => {
    count += 1;
    path = `/registry/${count}/services`;
    observer = await connect();
  });
  afterEach(async () => {
    for (const registry of registries) registry.close();
    await Promise.all(opened.map(({ session }) => session.close()));
    [opened, registries] = [[], []];
  });

  async function connect(
    options: Partial<Parameters<typeof openSession>[0]> = {},
  ): Promise<ZooKeeperSession> {
    const observed = openSession({ hosts: ensemble.hosts, ...options });
    opened.push(observed);
    await observed.connected();
    return observed.session;
  }

  async function open(
    place: Partial<ZooKeeperPlace> = {},
    session?: ZooKeeperSession,
    clock = systemClock,
  ): Promise<OpenRegistry> {
    const logger = createRecordingLogger();
    const used = session ?? (await connect());
    let disturbances = 0;
    const registry = openZooKeeperRegistry({
      onWrite: () => undefined,
      place: {
        type: 'zookeeper',
        hosts: ensemble.hosts,
        path,
        usePathEncoding: false,
        nodeType: 'ephemeral_sequential',
        touchMs: undefined,
        ...place,
      },
      session: used,
      clock,
      random: Math.random,
      logger,
      onDisturbed: () => (disturbances += 1),
    });
    registries.push(registry);
    return { registry, logger, session: used, disturbances: () => disturbances };
  }

  async function list(folder = path): Promise<readonly string[]> {
    await observer.sync(folder);
    return [...((await observer.children(folder)) ?? [])].sort();
  }

  const departures = (): Promise<readonly string[]> => list(departedPath(path));

  async function only(): Promise<string> {
    const children = await list();
    expect(children).to.have.length(1);
    return children[0] ?? '';
  }

  async function registrationAt(child: string): Promise<Registration | undefined> {
    const node = await observer.read(`${path}/${child}`);
    const parsed = node && parseRegistration(node.data);
    return parsed?.ok ? parsed.registration : undefined;
  }

  async function put(folder: string, name: string, data: Buffer | string): Promise<void> {
    await observer.ensurePath(folder);
    const operation = { kind: 'create', mode: 'persistent' } as const;
    await observer.commit([{ ...operation, path: `${folder}/${name}`, data: Buffer.from(data) }]);
  }

  const nodeTypes: readonly NodeType[] = [
    'ephemeral_sequential',
    'persistent_sequential',
    'persistent',
    'ephemeral',
  ];
  for (const nodeType of nodeTypes) {
    const persistent = nodeType.startsWith('persistent');
    const sequential = nodeType.endsWith('sequential');

    describe(`with ${nodeType} nodes`, () => {
      it('registers once, with the name and the owner that the type asks for', async () => {
        const { registry, session } = await open({ nodeType });
        await registry.register(registration);
        await registry.register(registration);
        const child = await only();
        expect(child).to.match(sequential ? /^node_1_\d{10}$/ : /^node_1_$/);
        expect(registry.path).to.equal(`${path}/${child}`);
        const node = await observer.read(`${path}/${child}`);
        expect(node?.ephemeralOwner).to.equal(persistent ? undefined : session.sessionId);
        expect(await registrationAt(child)).to.deep.equal(registration);
      });

      it('rides the data in the name where it is asked to', async () => {
        const { registry } = await open({ nodeType, usePathEncoding: true });
        await registry.register(registration);
        await registry.register(heavier);
        const prefix = childPrefix(heavier, true);
        const child = await only();
        expect(child.slice(0, prefix.length)).to.equal(prefix);
        expect(child.slice(prefix.length)).to.match(sequential ? /^\d{10}$/ : /^$/);
      });

      it('changes data in one step, which a watch of the list sees', async () => {
        const { registry } = await open({ nodeType });
        await registry.register(registration);
        let events = 0;
        await observer.watchChildren(path, () => (events += 1));
        await registry.register(heavier);
        await eventually(() => expect(events).to.equal(1));
        // The first event is the last: the list that it leads to is whole.
        await observer.watchChildren(path, () => (events += 1));
        expect(await registrationAt(await only())).to.deep.equal(heavier);
        await observer.sync(path);
        expect(events).to.equal(1);
      });

      it('finds what an earlier life left, and is registered once', async () => {
        const before = await open({ nodeType });
        await before.registry.register(registration);
        const left = await only();
        const after = await open({ nodeType });
        await after.registry.register(registration);
        const child = await only();
        expect(await registrationAt(child)).to.deep.equal(registration);
        const node = await observer.read(`${path}/${child}`);
        if (persistent) expect(child).to.equal(left);
        else expect(node?.ephemeralOwner).to.equal(after.session.sessionId);
        // The end of the earlier session takes nothing away.
        await before.session.close();
        expect(await only()).to.equal(child);
      });

      it('takes out what an earlier life left, failing now', async () => {
        await (await open({ nodeType })).registry.register(registration);
        await (await open({ nodeType })).registry.deregister(registration, 'failing');
        expect(await list()).to.deep.equal([]);
      });

      it('leaves the nodes of other instances alone', async () => {
        await put(path, 'node_10_', encodeRegistration({ ...registration, name: 'node_10' }));
        await put(path, 'node_1_0000009999', encodeRegistration(sibling));
        const { registry } = await open({ nodeType });
        await registry.register(registration);
        expect(await list()).to.have.length(3);
        await registry.deregister(registration, 'drained');
        expect(await list()).to.deep.equal(['node_10_', 'node_1_0000009999']);
      });

      it(`${persistent ? 'stays' : 'goes'} when nerve stops`, async () => {
        const { registry } = await open({ nodeType });
        await registry.register(registration);
        await registry.deregister(registration, 'stopped');
        expect(await list()).to.have.length(persistent ? 1 : 0);
        for (const reason of ['failing', 'drained', 'removed'] as const) {
          await registry.register(registration);
          await registry.deregister(registration, reason);
          expect(await list(), reason).to.deep.equal([]);
        }
      });

      it(`${sequential ? 'announces' : 'does not announce'} that it leaves`, async () => {
        const { registry } = await open({ nodeType });
        await registry.register(registration);
        const child = await only();
        await registry.deregister(registration, 'drained');
        expect(await departures()).to.deep.equal(sequential ? [child] : []);
      });
    });
  }

  it('takes the place of another port under a name without a sequence number', async () => {
    await put(path, 'node_1_', encodeRegistration(sibling));
    const { registry } = await open({ nodeType: 'persistent' });
    await registry.register(registration);
    expect(await registrationAt(await only())).to.deep.equal(registration);
  });

  describe('touching', () => {
    const touchMs = 50;

    it('renews the age of a persistent node, and nothing else', async () => {
      const { registry, logger, disturbances } = await open({ nodeType: 'persistent', touchMs });
      await registry.register(registration);
      const before = await observer.read(`${path}/node_1_`);
      const version = async (): Promise<number> => {
        await registry.register(registration);
        return (await observer.read(`${path}/node_1_`))?.modifiedAtMs ?? 0;
      };
      await eventually(async () => {
        expect(disturbances()).to.be.greaterThan(2);
        expect(await version()).to.be.greaterThan(before?.modifiedAtMs ?? 0);
      });
      expect(await registrationAt(await only())).to.deep.equal(registration);
      expect(logger.events()).to.deep.equal(['registered']);
    });

    it('writes only when it is due', async () => {
      const { registry } = await open({ nodeType: 'persistent', touchMs: 3_600_000 });
      await registry.register(registration);
      const before = await observer.read(`${path}/node_1_`);
      await registry.register(registration);
      expect(await observer.read(`${path}/node_1_`)).to.deep.equal(before);
    });

    it('leaves ephemeral nodes alone', async () => {
      const { registry, disturbances } = await open({ nodeType: 'ephemeral', touchMs: 1 });
      const clocked = await open({ nodeType: 'persistent_sequential', touchMs: 1 });
      await registry.register(registration);
      await eventually(() => expect(clocked.disturbances()).to.be.greaterThan(20));
      expect(disturbances()).to.equal(0);
    });
  });

  describe('departures', () => {
    it('are announced with the reason, under the name of the node', async () => {
      const { registry } = await open();
      await registry.register(heavier);
      const child = await only();
      await registry.deregister(heavier, 'failing');
      const node = await observer.read(`${departedPath(path)}/${child}`);
      expect(node && parseDeparture(node.data)).to.deep.equal({
        reason: 'failing',
        ...registration,
      });
      expect(node?.ephemeralOwner).to.equal(undefined);
    });

    it('are there as soon as the node is gone', async () => {
      const { registry } = await open();
      for (let round = 0; round < 20; round += 1) {
        await registry.register(registration);
        const node = registry.path ?? '';
        const seen = Promise.withResolvers<readonly string[] | undefined>();
        await observer.watchData(node, () => {
          seen.resolve(observer.children(departedPath(path)));
        });
        await registry.deregister(registration, 'failing');
        expect(await seen.promise).to.deep.equal([node.slice(node.lastIndexOf('/') + 1)]);
      }
    });

    it('are taken back when the instance registers again, whichever life announced', async () => {
      const first = await open();
      await first.registry.register(registration);
      await first.registry.deregister(registration, 'failing');
      expect(await departures()).to.have.length(1);
      await first.registry.register(registration);
      expect(await departures()).to.deep.equal([]);
      await first.registry.deregister(registration, 'stopped');
      expect(await departures()).to.have.length(1);
      await (await open()).registry.register(registration);
      expect(await departures()).to.deep.equal([]);
    });

    it('cannot keep the instance out when somebody else has cleared them', async () => {
      const { registry } = await open();
      await registry.register(registration);
      await registry.deregister(registration, 'failing');
      const [announcement = ''] = await departures();
      await observer.commit([{ kind: 'delete', path: `${departedPath(path)}/${announcement}` }]);
      await registry.register(registration);
      expect(await registrationAt(await only())).to.deep.equal(registration);
    });

    it('of others stay, of the same host too', async () => {
      const other = await open();
      await other.registry.register(sibling);
      await other.registry.deregister(sibling, 'drained');
      const before = await departures();
      await (await open()).registry.register(registration);
      expect(before).to.have.length(1);
      expect(await departures()).to.deep.equal(before);
    });

    it('that are old are cleared away, whoever made them', async () => {
      await put(departedPath(path), 'gone_0000000001', 'no departure at all');
      const announced = await observer.read(`${departedPath(path)}/gone_0000000001`);
      const sinceMs = announced?.modifiedAtMs ?? 0;
      const dayMs = 24 * 60 * 60 * 1_000;
      const openAt = async (wallMs: number): Promise<Registry> =>
        (await open({}, undefined, { ...systemClock, wallMs: () => wallMs })).registry;
      await (await openAt(sinceMs + dayMs - 1)).register(registration);
      expect(await departures()).to.have.length(1);
      await (await openAt(sinceMs + dayMs)).register(registration);
      expect(await departures()).to.deep.equal([]);
    });

    it('happen without an announcement where that is refused', async () => {
      const { registry, session } = await open();
      await registry.register(registration);
      const child = await only();
      await put(departedPath(path), child, '');
      await registry.deregister(registration, 'failing');
      expect(await list()).to.deep.equal([]);
      expect(session.state.kind).to.equal('connected');
    });

    it('happen in spite of a folder that only others may write', async () => {
      const other = await connect({ access: accessAs('other:secret', 'private') });
      await observer.ensurePath(path);
      await other.ensurePath(departedPath(path));
      const { registry } = await open();
      await registry.register(registration);
      await registry.deregister(registration, 'failing');
      expect(await list()).to.deep.equal([]);
    });

    it('happen in the end though announcing breaks every connection', async () => {
      const session = await connect();
      let attempts = 0;
      const fragile = sessionWith(session, {
        commit: async (operations) => {
          attempts += 1;
          const announces = operations.some(({ path: node }) => node.includes('_departed/'));
          if (announces) throw new ZooKeeperError('connection-loss', 'an unknown error code');
          return await session.commit(operations);
        },
      });
      const { registry } = await open({}, fragile);
      await registry.register(registration);
      attempts = 0;
      await eventually(() => registry.deregister(registration, 'failing'));
      expect(attempts).to.equal(3);
      expect(await list()).to.deep.equal([]);
    });

    it('cost nothing while nothing changes', async () => {
      const session = await connect();
      const commits: (readonly string[])[] = [];
      const counting = sessionWith(session, {
        commit: async (operations) => {
          if (operations.length > 0) commits.push(operations.map(({ kind }) => kind));
          return await session.commit(operations);
        },
      });
      const { registry } = await open({}, counting);
      await registry.register(registration);
      await registry.register(registration);
      await registry.deregister(registration, 'failing');
      await registry.deregister(registration, 'failing');
      expect(commits).to.deep.equal([
        ['create'],
        ['delete', 'create'],
        // The folder of announcements was missing.
        ['delete', 'create'],
      ]);
    });
  });

  describe('access', () => {
    it('is refused with a reason that helps', async () => {
      const owner = await connect({ access: accessAs('nerve:secret', 'read-only') });
      await owner.ensurePath(path);
      const wrong = await connect({ access: accessAs('nerve:wrong') });
      const { registry } = await open({}, wrong);
      const failure = await registry.register(registration).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(RegistryError);
      expect(String(failure)).to.match(/create \/registry.*NO_AUTH.*zk_digest_auth/);
    });

    it('works for whoever has the credentials', async () => {
      const access = accessAs('nerve:secret', 'private');
      const { registry } = await open({}, await connect({ access }));
      await registry.register(registration);
      const again = await open({}, await connect({ access }));
      await again.registry.register(registration);
      await again.registry.deregister(registration, 'drained');
      const owner = await connect({ access });
      expect(await owner.children(path)).to.deep.equal([]);
      expect(await owner.children(departedPath(path))).to.have.length(1);
    });
  });

  describe('private announcements of former owners', () => {
    it('keep nobody out who may write all the same', async () => {
      const formerly = await connect({ access: accessAs('nerve:old', 'private') });
      await observer.ensurePath(path);
      await observer.ensurePath(departedPath(path));
      const data = encodeDeparture({ reason: 'failing', ...registration });
      const announcement = `${departedPath(path)}/node_1_0000000001`;
      await formerly.commit([{ kind: 'create', path: announcement, data, mode: 'persistent' }]);
      const { registry } = await open({}, await connect({ access: accessAs('nerve:new') }));
      await registry.register(registration);
      expect(await registrationAt(await only())).to.deep.equal(registration);
    });
  });

  describe('removeOrphans', () => {
    it('deletes what the session owns, announced, and nothing else', async () => {
      const mine = await open();
      await mine.registry.register(registration);
      const theirs = await open();
      await theirs.registry.register({ ...registration, name: 'node_2' });
      await put(path, 'node_3_0000009999', encodeRegistration(registration));
      const children = await list();
      const [own = ''] = children.filter((child) => child.startsWith('node_1_'));
      const paths = [...children, 'never_0000000007'].map((child) => `${path}/${child}`);
      await removeOrphans(mine.session, paths);
      expect(await list()).to.deep.equal(children.filter((child) => child !== own));
      expect(await departures()).to.deep.equal([own]);
      const node = await observer.read(`${departedPath(path)}/${own}`);
      expect(node && parseDeparture(node.data)?.reason).to.equal('removed');
    });

    it('works for a session that was taken over', async () => {
      const first = await connect();
      await (await open({}, first)).registry.register(registration);
      const { credentials } = first;
      first.abandon();
      if (credentials === undefined) return expect.fail();
      const second = await connect({ resume: credentials });
      await removeOrphans(second, [`${path}/${await only()}`]);
      expect(await list()).to.deep.equal([]);
    });
  });
});
