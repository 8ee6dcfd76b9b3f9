/** The watchers of ZooKeeper, on a real ensemble. */
import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { systemClock } from '../../../../../agent/lib/clock.ts';
import { childPrefix, encodeRegistration } from '../../../../../agent/registration.ts';
import { createZooKeeperSession } from '../../../../../agent/zookeeper/hardened-session.ts';
import type { ZooKeeperSession } from '../../../../../agent/zookeeper/session.ts';
import { startNameServer, type TestNameServer } from '../../../../support/dnsmasq.ts';
import { eventually, throughout } from '../../../../support/eventually.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';
import type { ServiceInput } from '../../../../support/synapse-config.ts';
import { startWatcher, type WatcherBed } from '../../../../support/watcher-bed.ts';
import { type Ensemble, startEnsemble } from '../../../../support/zookeeper.ts';
import { fourLetterWord } from '../../../../support/zookeeper-member.ts';
import { openSession } from '../../../../support/zookeeper-session.ts';

type Discovery = ServiceInput['discovery'];
type ZooKeeperInput = Extract<Discovery, { readonly method: 'zookeeper' }>;

describe('discovery in ZooKeeper', function () {
  this.timeout(120_000);
  let ensemble: Ensemble;
  let names: TestNameServer;
  let writer: ZooKeeperSession;
  let bed: WatcherBed | undefined;
  let path = '';
  let paths = 0;

  before(async () => {
    [ensemble, names] = await Promise.all([startEnsemble(3), startNameServer({})]);
    const observed = openSession({ hosts: ensemble.hosts });
    await observed.connected();
    writer = observed.session;
  });

  after(async () => {
    await writer.close();
    await names.stop();
    await ensemble.stop();
  });

  beforeEach(async () => {
    paths += 1;
    path = `/services/s${paths}`;
    await eventually(() => writer.ensurePath(path));
  });

  afterEach(async () => {
    await bed?.stop();
    bed = undefined;
    await ensemble.heal();
  });

  const session = (hosts: readonly string[]): ZooKeeperSession =>
    createZooKeeperSession({
      hosts,
      sessionTimeoutMs: 4_000,
      clock: systemClock,
      random: Math.random,
      logger: createRecordingLogger(),
    });
  const follow = (discovery: Discovery, service: Partial<ServiceInput> = {}): void => {
    bed = startWatcher({ discovery, ...service }, { session });
  };
  const discovery = (more: Partial<ZooKeeperInput> = {}): ZooKeeperInput => ({
    method: 'zookeeper',
    path,
    hosts: [...ensemble.hosts],
    ...more,
  });
  const create = async (prefix: string, data: Buffer | string): Promise<string> => {
    const mode = 'persistent_sequential' as const;
    const node = {
      kind: 'create' as const,
      path: `${path}/${prefix}`,
      data: Buffer.from(data),
      mode,
    };
    const [created = ''] = await writer.commit([node]);
    return created;
  };
  const register = (host: string, port: number, useEncoding = false): Promise<string> => {
    const registration = { host, port, name: 'a' };
    const data = useEncoding ? '' : encodeRegistration(registration);
    return create(childPrefix(registration, useEncoding), data);
  };
  const remove = (node: string): Promise<unknown> =>
    writer.commit([{ kind: 'delete', path: node }]);
  const write = (node: string, data: string): Promise<unknown> =>
    writer.commit([{ kind: 'set', path: node, data: Buffer.from(data) }]);
  const finds = (...servers: readonly string[]): Promise<unknown> =>
    eventually(() => expect(bed?.servers()).to.have.members(servers));
  const lastSettings = (): unknown => bed?.settings.at(-1);

  describe('serversets', () => {
    const member = (port: number, more: object = {}): string =>
      JSON.stringify({
        serviceEndpoint: { host: '10.0.0.1', port },
        additionalEndpoints: { http: { host: '10.0.0.1', port: port + 1 } },
        status: 'ALIVE',
        ...more,
      });
    const decode = { method: 'serverset' } as const;

    it('finds members by their endpoint, named by shard', async () => {
      await create('member_', member(80, { shard: 0 }));
      const second = await create('member_', member(90));
      follow(discovery({ decode }));
      await finds('0_10.0.0.1:80', '10.0.0.1:90');
      expect(bed?.last().instances.every(({ sequence }) => sequence !== undefined)).to.equal(true);
      await remove(second);
      await finds('0_10.0.0.1:80');
    });

    it('takes another endpoint where it is told to, and names members without it', async () => {
      await create('member_', member(80));
      await create('member_', member(90, { additionalEndpoints: null }));
      follow(discovery({ decode: { ...decode, endpoint_name: 'http' } }));
      await finds('10.0.0.1:81');
      expect(bed?.last().rejected.map(({ reason }) => reason)).to.deep.equal([
        'the data is no serverset member with that endpoint',
      ]);
    });

    it('leaves out those that are not alive, until they are', async () => {
      const starting = await create('member_', member(80, { status: 'STARTING' }));
      await create('member_', 'garbage');
      await create('member_', JSON.stringify({ serviceEndpoint: [], status: 'ALIVE' }));
      follow(discovery({ decode }));
      await finds();
      expect(bed?.last().rejected).to.have.length(3);
      await write(starting, member(80));
      await create('member_', member(90));
      await finds('10.0.0.1:80', '10.0.0.1:90');
    });
  });

  describe('settings for generators', () => {
    it('come before the first answer, change, and go with the node', async () => {
      await write(path, '{"haproxy": {"server_options": "check"}}');
      follow(discovery());
      await finds();
      expect(bed?.settings).to.deep.equal([{ haproxy: { server_options: 'check' } }]);
      await write(path, '{"haproxy": {"server_options": "check inter 1s"}, "other": {}}');
      const changed = { haproxy: { server_options: 'check inter 1s' }, other: {} };
      await eventually(() => expect(lastSettings()).to.deep.equal(changed));
      await remove(path);
      await eventually(() => expect(lastSettings()).to.deep.equal({}));
      await writer.ensurePath(path);
      await write(path, '{"haproxy": {}}');
      await eventually(() => expect(lastSettings()).to.deep.equal({ haproxy: {} }));
    });

    it('may stand in another node, which may come later, or in none', async () => {
      await write(path, '{"haproxy": {"server_options": "check"}}');
      follow(discovery({ generator_config_path: `${path}-config` }));
      await finds();
      expect(lastSettings()).to.deep.equal({});
      await writer.ensurePath(`${path}-config`);
      await write(`${path}-config`, '{"haproxy": {"port": 1}}');
      await eventually(() => expect(lastSettings()).to.deep.equal({ haproxy: { port: 1 } }));
      await bed?.stop();
      follow(discovery({ generator_config_path: 'disabled' }));
      await finds();
      expect(bed?.settings).to.deep.equal([]);
    });

    it('stay as they were when they cannot be understood', async () => {
      await write(path, '{"haproxy": {"server_options": "check"}}');
      follow(discovery());
      await finds();
      for (const data of [
        '10.0.0.1',
        '[]',
        '{"haproxy": 1}',
        `{"haproxy": {"x": "${'x'.repeat(70_000)}"}}`,
      ]) {
        const before = rejections();
        await write(path, data);
        await eventually(() => expect(rejections()).to.equal(before + 1));
      }
      expect(bed?.settings).to.have.length(1);
      await write(path, '');
      await eventually(() => expect(lastSettings()).to.deep.equal({}));
      function rejections(): number {
        const events = bed?.logger.events() ?? [];
        return events.filter((event) => event === 'settings-rejected').length;
      }
    });

    it('are seen to have changed while the ensemble was away, and stay meanwhile', async () => {
      await write(path, '{"haproxy": {"server_options": "check"}}');
      const node = await register('10.0.0.1', 80);
      follow(discovery());
      await finds('a_10.0.0.1:80');
      const leader = await ensemble.leader();
      for (const member of ensemble.members) if (member !== leader) await member.kill();
      await eventually(() => expect(bed?.watcher.status.watching).to.equal(false));
      await throughout(() => expect(bed?.servers()).to.have.length(1), { durationMs: 1_000 });
      expect(lastSettings()).to.deep.equal({ haproxy: { server_options: 'check' } });
      await ensemble.heal();
      await eventually(() => write(path, '{"haproxy": {"server_options": "backup"}}'));
      await remove(node);
      await finds();
      await eventually(() =>
        expect(lastSettings()).to.deep.equal({ haproxy: { server_options: 'backup' } }),
      );
    });

    it('cost one read a change', async () => {
      for (const port of [1, 2, 3, 4, 5]) await register('10.0.0.1', port, true);
      follow(discovery());
      await eventually(() => expect(bed?.servers()).to.have.length(5));
      // One listing, by which there are no settings; one read, later on, which is that of them.
      expect(bed?.watcher.status).to.include({ listings: 1, reads: 0 });
      await eventually(() => expect(bed?.watcher.status).to.include({ listings: 1, reads: 1 }));
      await register('10.0.0.1', 6, true);
      await eventually(() => expect(bed?.servers()).to.have.length(6));
      expect(bed?.watcher.status).to.include({ listings: 2, reads: 1 });
      await write(path, '{"haproxy": {}}');
      await eventually(() => expect(lastSettings()).to.deep.equal({ haproxy: {} }));
      expect(bed?.watcher.status).to.include({ listings: 2, reads: 2 });
    });
  });

  it('polls where it is told to, and leaves no watch', async () => {
    const { method: _, ...rest } = discovery();
    const first = await register('10.0.0.1', 80);
    follow({ ...rest, method: 'zookeeper_poll', polling_interval_sec: 1 });
    await finds('a_10.0.0.1:80');
    const answers = await Promise.all(
      ensemble.members.map(({ clientPort }) => fourLetterWord(clientPort, 'wchs')),
    );
    expect(answers.join().match(/Total watches:\d+/g)).to.deep.equal(
      Array(3).fill('Total watches:0'),
    );
    await register('10.0.0.1', 81);
    await write(path, '{"haproxy": {"server_options": "check"}}');
    await finds('a_10.0.0.1:80', 'a_10.0.0.1:81');
    await eventually(() =>
      expect(lastSettings()).to.deep.equal({ haproxy: { server_options: 'check' } }),
    );
    await remove(first);
    await finds('a_10.0.0.1:81');
    expect(bed?.watcher.status).to.include({ method: 'zookeeper_poll', watching: true });
  });

  for (const method of ['zookeeper_dns', 'zookeeper_dns_poll'] as const) {
    it(`resolves names that stand in ZooKeeper (${method})`, async () => {
      const { method: _, ...rest } = discovery();
      const polled = method === 'zookeeper_dns_poll' ? { polling_interval_sec: 1 } : {};
      const nameserver = names.address;
      await names.serve({ hosts: { 'a.test': ['10.0.0.1', '10.0.0.2'], 'b.test': ['10.0.0.3'] } });
      await write(path, '{"haproxy": {"server_options": "check"}}');
      const node = await register('a.test', 80);
      follow({ ...rest, ...polled, method, nameserver, check_interval: 0.1 });
      await finds('a_10.0.0.1:80', 'a_10.0.0.2:80');
      expect(lastSettings()).to.deep.equal({ haproxy: { server_options: 'check' } });
      await register('b.test', 81);
      await finds('a_10.0.0.1:80', 'a_10.0.0.2:80', 'a_10.0.0.3:81');
      await names.serve({ hosts: { 'a.test': ['10.0.0.4'], 'b.test': ['10.0.0.3'] } });
      await finds('a_10.0.0.4:80', 'a_10.0.0.3:81');
      // Neither source's silence is an answer.
      await names.stop();
      await throughout(() => expect(bed?.servers()).to.have.length(2), { durationMs: 500 });
      await names.serve({ hosts: { 'a.test': ['10.0.0.4'], 'b.test': ['10.0.0.3'] } });
      await remove(node);
      await finds('a_10.0.0.3:81');
      expect(bed?.last().instances.every(({ sequence }) => sequence !== undefined)).to.equal(true);
    });
  }

  it('finds the addresses of a name that left on purpose gone on purpose', async () => {
    const { method: _, ...rest } = discovery();
    await names.serve({ hosts: { 'a.test': ['10.0.0.1', '10.0.0.2'] } });
    const node = await register('a.test', 80);
    const nameserver = names.address;
    follow({ ...rest, method: 'zookeeper_dns', nameserver, check_interval: 0.1 });
    await finds('a_10.0.0.1:80', 'a_10.0.0.2:80');
    const child = node.slice(path.length + 1);
    await writer.ensurePath(`${path}_departed`);
    const data = Buffer.from('{"reason": "drained", "host": "a.test", "port": 80, "name": "a"}');
    await writer.commit([
      { kind: 'create', path: `${path}_departed/${child}`, data, mode: 'persistent' },
      { kind: 'delete', path: node },
    ]);
    await finds();
    const departed = bed?.found.flatMap((found) => found.departed) ?? [];
    // In whatever order they were listed, and however often: a session that is lost lists anew.
    const told = new Set(departed.map(({ instance, reason }) => `${instance.host} ${reason}`));
    expect([...told]).to.have.members(['10.0.0.1 drained', '10.0.0.2 drained']);
  });
});
