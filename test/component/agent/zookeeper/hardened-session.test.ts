import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { ACL, CreateMode, createClient, State } from 'node-zookeeper-client';
import { ZooKeeperError } from '../../../../agent/zookeeper/session.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { startTcpProxy, type TcpProxy } from '../../../support/tcp-proxy.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';
import { accessAs, type ObservedSession, openSession } from '../../../support/zookeeper-session.ts';

/** Long enough for a busy machine to find another member in the last third of it. */
const sessionTimeoutMs = 4_000;

describe('ZooKeeper session against a real ensemble', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let opened: ObservedSession[] = [];
  let proxies: TcpProxy[] = [];
  let root = 0;

  before(async () => {
    ensemble = await startEnsemble(3);
  });
  after(() => ensemble.stop());
  afterEach(async () => {
    for (const { session } of opened) session.abandon();
    await Promise.all(proxies.map((proxy) => proxy.close()));
    opened = [];
    proxies = [];
    await ensemble.heal();
  });

  const open = async (options: Partial<Parameters<typeof openSession>[0]> = {}) => {
    const observed = openSession({ hosts: ensemble.hosts, sessionTimeoutMs, ...options });
    opened.push(observed);
    await observed.connected();
    return observed;
  };

  /** A session that reaches the ensemble through a proxy only. */
  const openThroughProxy = async (): Promise<ObservedSession & { proxy: TcpProxy }> => {
    const proxy = await startTcpProxy(ensemble.members[0]?.clientPort ?? 0);
    proxies.push(proxy);
    return { ...(await open({ hosts: [proxy.address] })), proxy };
  };

  /** An ephemeral node in a folder of the test's own; resolves to its path. */
  const createEphemeral = async ({ session }: ObservedSession): Promise<string> => {
    root += 1;
    const folder = `/tests/${root}`;
    await session.ensurePath(folder);
    const data = Buffer.from('x');
    const path = `${folder}/node_`;
    const created = await session.commit([
      { kind: 'create', path, data, mode: 'ephemeral_sequential' },
    ]);
    return created[0] ?? '';
  };

  const memberOf = ({ logger }: ObservedSession) => {
    const line = logger.lines.findLast(({ event }) => event === 'zookeeper-connected');
    const port = Reflect.get(Object(line?.server), 'port');
    return ensemble.members.find(({ clientPort }) => clientPort === port);
  };

  const codeOf = async (promise: Promise<unknown>): Promise<string> => {
    const error = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    return error instanceof ZooKeeperError ? error.code : `no ZooKeeperError: ${String(error)}`;
  };

  /** Also where it is connected again before anybody looks. */
  const wasSuspended = ({ states }: ObservedSession) =>
    eventually(() => expect(states.map(({ kind }) => kind)).to.include('suspended'));

  describe('operations', () => {
    it('reads and lists what it wrote, and nothing where there is nothing', async () => {
      const observed = await open();
      const path = await createEphemeral(observed);
      const folder = path.slice(0, path.lastIndexOf('/'));
      expect(await observed.session.children(folder)).to.deep.equal(['node_0000000000']);
      const { modifiedAtMs = 0, ...node } = (await observed.session.read(path)) ?? {};
      expect(node).to.deep.equal({
        data: Buffer.from('x'),
        ephemeralOwner: observed.session.sessionId,
      });
      expect(Math.abs(modifiedAtMs - Date.now())).to.be.below(60_000);
      expect(await observed.session.children('/nowhere')).to.equal(undefined);
      expect(await observed.session.read('/nowhere')).to.equal(undefined);
      await observed.session.sync(folder);
      await observed.session.sync('/nowhere');
    });

    it('commits all or nothing and says why', async () => {
      const { session } = await open();
      await session.ensurePath('/multi/deep/path');
      const data = Buffer.alloc(0);
      const create = { kind: 'create', path: '/multi/a', data, mode: 'persistent' } as const;
      const missing = { kind: 'delete', path: '/multi/missing' } as const;
      expect(await codeOf(session.commit([create, missing]))).to.equal('no-node');
      expect(await session.children('/multi')).to.deep.equal(['deep']);
      expect(await session.commit([create, { ...create, path: '/multi/b' }])).to.deep.equal([
        '/multi/a',
        '/multi/b',
      ]);
      expect(await codeOf(session.commit([create]))).to.equal('node-exists');
      expect(await codeOf(session.commit([{ kind: 'delete', path: '/multi' }]))).to.equal(
        'not-empty',
      );
    });

    it('writes into a node, alone and among others', async () => {
      const { session } = await open();
      await session.ensurePath('/written');
      await session.commit([{ kind: 'set', path: '/written', data: Buffer.from('one') }]);
      expect(await session.read('/written')).to.deep.include({ data: Buffer.from('one') });
      await session.commit([
        { kind: 'create', path: '/written/child', data: Buffer.alloc(0), mode: 'persistent' },
        { kind: 'set', path: '/written', data: Buffer.from('two') },
        { kind: 'delete', path: '/written/child' },
      ]);
      expect(await session.read('/written')).to.deep.include({ data: Buffer.from('two') });
      const missing = { kind: 'set', path: '/nowhere', data: Buffer.alloc(0) } as const;
      expect(await codeOf(session.commit([missing]))).to.equal('no-node');
    });

    it('calls a watch once, also for a path that did not exist', async () => {
      const { session } = await open();
      let fired = 0;
      const path = '/watched/later';
      expect(await session.watchChildren(path, () => (fired += 1))).to.equal(undefined);
      await session.ensurePath(path);
      await eventually(() => expect(fired).to.equal(1));
      const empty = { children: [], hasData: false };
      expect(await session.watchChildren(path, () => (fired += 1))).to.deep.equal(empty);
      await session.ensurePath(`${path}/one`);
      await eventually(() => expect(fired).to.equal(2));
      await session.ensurePath(`${path}/two`);
      await session.sync(path);
      expect(fired).to.equal(2);
      await session.commit([{ kind: 'set', path, data: Buffer.from('x') }]);
      const { children, hasData } = (await session.watchChildren(path, () => undefined)) ?? {};
      expect([children?.toSorted(), hasData]).to.deep.equal([['one', 'two'], true]);
    });

    it('authenticates before anything else', async () => {
      const credentials = 'nerve:secret';
      await createPrivateNode(ensemble.hosts[0] ?? '', '/private', credentials);
      const entitled = await open({ access: accessAs(credentials) });
      expect(await entitled.session.read('/private')).to.deep.include({ data: Buffer.from('x') });
      const stranger = await open();
      expect(await codeOf(stranger.session.read('/private'))).to.equal('no-auth');
    });
  });

  describe('access', () => {
    const data = Buffer.from('x');
    const modes = {
      open: ['ok', 'ok'],
      'read-only': ['ok', 'no-auth'],
      private: ['no-auth', 'no-auth'],
    } as const;
    const outcome = async (work: Promise<unknown>): Promise<string> =>
      await work.then(
        () => 'ok',
        (error: unknown) => (error instanceof ZooKeeperError ? error.code : String(error)),
      );

    for (const acl of ['open', 'read-only', 'private'] as const) {
      it(`is what ${acl} says, for every kind of node`, async () => {
        const owner = await open({ access: accessAs('nerve:secret', acl) });
        const strangers = [await open(), await open({ access: accessAs('nerve:wrong') })];
        const folder = `/access/${acl}`;
        await owner.session.ensurePath('/access');
        await owner.session.ensurePath(folder);
        const create = { kind: 'create', data } as const;
        await owner.session.commit([{ ...create, path: `${folder}/one`, mode: 'ephemeral' }]);
        await owner.session.commit([
          { ...create, path: `${folder}/two`, mode: 'persistent' },
          { ...create, path: `${folder}/three`, mode: 'persistent' },
        ]);
        const [reading, writing] = modes[acl];
        for (const { session } of strangers) {
          expect(await outcome(session.children(folder))).to.equal(reading);
          for (const path of [folder, `${folder}/one`, `${folder}/two`]) {
            await session.sync(path).catch(() => undefined);
            expect(await outcome(session.read(path)), path).to.equal(reading);
            const set = session.commit([{ kind: 'set', path, data }]);
            expect(await outcome(set), path).to.equal(writing);
          }
          const into = session.commit([{ ...create, path: `${folder}/n`, mode: 'ephemeral' }]);
          expect(await outcome(into)).to.equal(writing);
          await session.close();
        }
        const again = await open({ access: accessAs('nerve:secret') });
        expect(await outcome(again.session.read(`${folder}/two`))).to.equal('ok');
        await again.session.commit([{ kind: 'delete', path: `${folder}/two` }]);
      });
    }
  });

  describe('below a chroot', () => {
    const chrooted = (chroot: string) =>
      ensemble.hosts.map((host, index) => (index === 2 ? `${host}${chroot}` : host));

    it('sees its own part of the tree, which it makes itself', async () => {
      const { session } = await open({ hosts: chrooted('/part/one') });
      expect(await session.children('/')).to.equal(undefined);
      let changes = 0;
      expect(await session.watchChildren('/a', () => (changes += 1))).to.equal(undefined);
      await session.ensurePath('/a');
      await eventually(() => expect(changes).to.equal(1));
      const create = { kind: 'create', data: Buffer.from('x') } as const;
      const single = await session.commit([
        { ...create, path: '/a/n_', mode: 'ephemeral_sequential' },
      ]);
      expect(single).to.deep.equal(['/a/n_0000000000']);
      const several = await session.commit([
        { ...create, path: '/a/n_', mode: 'persistent_sequential' },
        { kind: 'delete', path: '/a/n_0000000000' },
      ]);
      expect(several).to.deep.equal(['/a/n_0000000001']);
      expect(await session.children('/')).to.deep.equal(['a']);
      const whole = await open();
      await whole.session.sync('/part/one/a');
      expect(await whole.session.children('/part/one/a')).to.deep.equal(['n_0000000001']);
    });

    it('shares nothing with another part', async () => {
      const one = await open({ hosts: chrooted('/parts/one') });
      const two = await open({ hosts: ensemble.hosts.map((host) => `${host}/parts/two`) });
      await one.session.ensurePath('/services');
      await two.session.sync('/services');
      expect(await two.session.children('/services')).to.equal(undefined);
      expect(await one.session.children('/services')).to.deep.equal([]);
    });

    it('survives the loss of a member', async () => {
      const observed = await open({ hosts: chrooted('/part/three') });
      await observed.session.ensurePath('/a');
      await memberOf(observed)?.kill();
      await wasSuspended(observed);
      await observed.connected();
      expect(await observed.session.children('/')).to.deep.equal(['a']);
    });
  });

  describe('a member that fails', () => {
    it('is left for another when it is killed, with the same session', async () => {
      const observed = await open();
      const path = await createEphemeral(observed);
      const { sessionId } = observed.session;
      await memberOf(observed)?.kill();
      await wasSuspended(observed);
      await observed.connected();
      expect(observed.session.sessionId).to.equal(sessionId);
      expect(observed.states.at(-1)).to.deep.equal({ kind: 'connected', fresh: false });
      expect(await observed.session.read(path)).to.include({ ephemeralOwner: sessionId });
    });

    it('is left in time for the session to go on elsewhere when it is stopped', async () => {
      const observed = await open();
      const path = await createEphemeral(observed);
      memberOf(observed)?.pause();
      await wasSuspended(observed);
      await observed.connected();
      expect(observed.states.at(-1)).to.deep.equal({ kind: 'connected', fresh: false });
      expect(await observed.session.read(path)).to.not.equal(undefined);
    });

    it('does not hold an operation for ever', async () => {
      const { session, proxy } = await openThroughProxy();
      proxy.freeze();
      expect(await codeOf(session.children('/'))).to.be.oneOf(['deadline', 'connection-loss']);
      expect(await codeOf(session.children('/'))).to.equal('connection-loss');
    });

    it('is passed over when it accepts and never answers', async () => {
      const proxy = await startTcpProxy(ensemble.members[0]?.clientPort ?? 0);
      proxies.push(proxy);
      proxy.freeze();
      const observed = await open({
        hosts: [proxy.address, ensemble.hosts[1] ?? ''],
        // Sorts the proxy first.
        random: () => 0.5,
      });
      expect(proxy.accepted).to.equal(1);
      expect(memberOf(observed)?.id).to.equal(2);
    });

    it('cannot wedge the session by a connection cut in the middle of a frame', async () => {
      const observed = await openThroughProxy();
      const path = await createEphemeral(observed);
      for (const bytes of [2, 6, 17]) {
        observed.proxy.cutAfter(bytes);
        expect(await codeOf(observed.session.children('/'))).to.equal('connection-loss');
        await observed.connected();
      }
      expect(await observed.session.read(path)).to.not.equal(undefined);
      expect(observed.states.filter(({ kind }) => kind === 'connecting')).to.deep.equal([]);
    });
  });

  describe('the session', () => {
    it('is replaced when it expires, and its nodes are gone', async () => {
      const observed = await openThroughProxy();
      const path = await createEphemeral(observed);
      const { sessionId } = observed.session;
      observed.proxy.freeze();
      const other = await open();
      await eventually(async () => expect(await other.session.read(path)).to.equal(undefined));
      observed.proxy.thaw();
      await observed.connected();
      expect(observed.session.sessionId).to.not.equal(sessionId);
      expect(observed.states).to.deep.equal([
        { kind: 'connected', fresh: true },
        { kind: 'suspended' },
        { kind: 'connecting' },
        { kind: 'connected', fresh: true },
      ]);
      await createEphemeral(observed);
    });

    it('outlives the loss of the quorum, without a flood of connections', async () => {
      const observed = await openThroughProxy();
      const path = await createEphemeral(observed);
      const others = ensemble.members.slice(1);
      await Promise.all(others.map((member) => member.kill()));
      await wasSuspended(observed);
      const before = observed.proxy.accepted;
      await throughout(() => expect(observed.session.state.kind).to.equal('suspended'), {
        durationMs: 3_000,
      });
      expect(await codeOf(observed.session.children('/'))).to.equal('connection-loss');
      // 100, 200, 400, … ms: at most eight dials in the first three seconds.
      expect(observed.proxy.accepted - before).to.be.below(9);
      await Promise.all(others.map((member) => member.start()));
      await ensemble.ready();
      await observed.connected();
      expect(observed.states.at(-1)).to.deep.equal({ kind: 'connected', fresh: false });
      expect(await observed.session.read(path)).to.not.equal(undefined);
    });

    it('can be handed to another process, nodes included', async () => {
      const first = await open();
      const path = await createEphemeral(first);
      const { credentials } = first.session;
      first.session.abandon();
      expect(first.session.state.kind).to.equal('closed');
      if (credentials === undefined) throw new Error('no credentials');
      const second = await open({ resume: credentials });
      expect(second.states).to.deep.equal([{ kind: 'connected', fresh: false }]);
      expect(await second.session.read(path)).to.include({
        ephemeralOwner: credentials.sessionId,
      });
    });

    it('is made anew when the one to take over is unknown', async () => {
      const credentials = { sessionId: '0100000000000001', password: '00'.repeat(16) };
      const { session, states } = await open({ resume: credentials });
      expect(states).to.deep.equal([{ kind: 'connecting' }, { kind: 'connected', fresh: true }]);
      expect(session.sessionId).to.not.equal(credentials.sessionId);
    });

    it('takes its nodes along when it is closed', async () => {
      const first = await open();
      const path = await createEphemeral(first);
      const second = await open();
      await first.session.close();
      await second.session.sync(path);
      expect(await second.session.read(path)).to.equal(undefined);
      expect(await codeOf(first.session.children('/'))).to.equal('closed');
    });
  });
});

/** A node that only the holder of `credentials` may read. */
function createPrivateNode(host: string, path: string, credentials: string): Promise<void> {
  const options = { sessionTimeout: 5_000, spinDelay: 0, retries: 0 };
  const client = createClient(host, options);
  client.addAuthInfo('digest', Buffer.from(credentials));
  return new Promise((resolve, reject) => {
    const { CREATOR_ALL_ACL } = ACL;
    // The client sends what was asked before it connected ahead of its credentials.
    client.on('state', (state) => {
      if (state !== State.SYNC_CONNECTED) return;
      client.create(path, Buffer.from('x'), CREATOR_ALL_ACL, CreateMode.PERSISTENT, (error) => {
        client.close();
        if (error) reject(error);
        else resolve();
      });
    });
    client.connect();
  });
}
