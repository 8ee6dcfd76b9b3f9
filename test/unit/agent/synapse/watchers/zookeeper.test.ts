import type { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { encodeDeparture } from '../../../../../agent/departure.ts';
import { childPrefix, encodeRegistration } from '../../../../../agent/registration.ts';
import type { Instance } from '../../../../../agent/synapse/instance.ts';
import type { RegistrySettings } from '../../../../../agent/synapse/settings/parse.ts';
import type { Found } from '../../../../../agent/synapse/watchers/watcher.ts';
import { ZooKeeperWatcher } from '../../../../../agent/synapse/watchers/zookeeper.ts';
import { createFakeClock, type FakeClock, settle } from '../../../../support/fake-clock.ts';
import { MemoryZooKeeper } from '../../../../support/memory-zookeeper.ts';
import {
  createRecordingLogger,
  type RecordingLogger,
} from '../../../../support/recording-logger.ts';
import { type ServiceInput, synapseConfig } from '../../../../support/synapse-config.ts';

type Input = Extract<ServiceInput['discovery'], { readonly method: 'zookeeper' }>;

const path = '/services/web';

describe('ZooKeeperWatcher', () => {
  let clock: FakeClock;
  let zookeeper: MemoryZooKeeper;
  let found: Found[];
  let settings: RegistrySettings[];
  let logger: RecordingLogger;
  /** What was found last, unless a test says otherwise. */
  let expected: readonly Instance[] | undefined;
  let stop: AbortController;
  let ended: Promise<void>;

  beforeEach(() => {
    clock = createFakeClock();
    zookeeper = new MemoryZooKeeper();
    found = [];
    settings = [];
    logger = createRecordingLogger();
    expected = undefined;
  });

  afterEach(async () => {
    stop.abort();
    await ended;
  });

  async function start(more: Partial<Input> = {}): Promise<ZooKeeperWatcher> {
    const config = synapseConfig({
      web: { discovery: { method: 'zookeeper', path, hosts: 'zk:2181', ...more } },
    });
    const discovery = config.services.web?.discovery;
    if (discovery?.method !== 'zookeeper') throw new Error('no discovery');
    stop = new AbortController();
    const watcher = new ZooKeeperWatcher({
      discovery,
      session: zookeeper.session(),
      clock,
      random: () => 0.5,
      logger,
      onFound: (one) => found.push(one),
      onSettings: (one) => settings.push(one),
      expected: () => expected ?? found.at(-1)?.instances ?? [],
    });
    ended = watcher.run(stop.signal);
    await settle();
    return watcher;
  }

  function childReads(): readonly string[] {
    return zookeeper.readPaths.filter((one) => one !== path);
  }

  function register(port: number): string {
    return zookeeper.register(path, { host: '10.0.0.1', port, name: 'a' });
  }

  function ports(): readonly (readonly number[])[] {
    return found.map(({ instances }) => instances.map(({ port }) => port));
  }

  it('says nothing before ZooKeeper has answered, and everything then', async () => {
    register(1);
    const watcher = await start();
    await clock.advance(1_000);
    expect(found).to.deep.equal([]);
    expect(watcher.status.watching).to.equal(false);
    zookeeper.connect();
    await settle();
    expect(ports()).to.deep.equal([[1]]);
    expect(watcher.status).to.deep.equal({
      method: 'zookeeper',
      watching: true,
      listings: 1,
      // Of its one child.
      reads: 1,
    });
  });

  it('reports an isolated change at once, and reads only what is new', async () => {
    zookeeper.connect();
    const first = register(1);
    await start();
    await clock.advance(1_000);
    register(2);
    await settle();
    expect(ports()).to.deep.equal([[1], [1, 2]]);
    await clock.advance(1_000);
    zookeeper.remove(path, first);
    await settle();
    expect(ports().at(-1)).to.deep.equal([2]);
    expect(childReads()).to.have.length(2);
  });

  it('lists once for a burst', async () => {
    zookeeper.connect();
    await start();
    await clock.advance(1_000);
    for (let port = 1; port <= 100; port += 1) register(port);
    await settle();
    for (let port = 101; port <= 200; port += 1) register(port);
    await clock.advance(50);
    // At the start, for the first of the burst, and for the rest.
    expect(zookeeper.listed).to.have.length(3);
    expect(ports().at(-1)).to.have.length(200);
    expect(childReads()).to.have.length(200);
  });

  it('leaves one watch on the children and one on the data, however long nothing changes', async () => {
    zookeeper.connect();
    zookeeper.setData(path, '{}');
    await start();
    await clock.advance(3_600_000);
    expect(zookeeper.listed.length).to.be.above(30);
    expect(zookeeper.watchCount).to.equal(2);
  });

  it('keeps to discovery_jitter between listings', async () => {
    zookeeper.connect();
    await start({ discovery_jitter: 20 });
    register(1);
    await clock.advance(19_000);
    expect(zookeeper.listed).to.have.length(1);
    await clock.advance(1_500);
    expect(ports().at(-1)).to.deep.equal([1]);
  });

  it('needs no read where the data rides in the name', async () => {
    zookeeper.connect();
    const registration = { host: '10.0.0.1', port: 7, name: 'a', labels: { az: 'b' } };
    zookeeper.create(path, childPrefix(registration, true));
    await start();
    expect(found[0]?.instances).to.deep.equal([
      { host: '10.0.0.1', port: 7, name: 'a', labels: { az: 'b' }, sequence: 0 },
    ]);
    expect(childReads()).to.deep.equal([]);
  });

  it('leaves bad children out and tells why, in print that is safe', async () => {
    zookeeper.connect();
    register(1);
    zookeeper.create(path, 'a_', 'no json');
    zookeeper.create(path, 'base64_9_x_');
    zookeeper.create(path, 'e\u001b[31m_');
    await start();
    expect(ports()).to.deep.equal([[1]]);
    expect(found[0]?.rejected.map(({ node }) => node)).to.have.members([
      'a_0000000001',
      'base64_9_x_0000000002',
      'e?[31m_0000000003',
    ]);
  });

  it('reads a child whose name cannot be decoded, or is of another registrar', async () => {
    zookeeper.connect();
    const data = (port: number): Buffer =>
      encodeRegistration({ host: '10.0.0.1', port, name: 'a' });
    zookeeper.create(path, 'base64_9_x_', data(1));
    zookeeper.create(path, '_c_6a1f3c9e-member_', data(2));
    await start();
    expect(ports()).to.deep.equal([[1, 2]]);
    expect(found[0]?.instances.map(({ sequence }) => sequence)).to.deep.equal([0, 1]);
  });

  it('leaves a child out alone that it may not read, and asks again as it connects', async () => {
    zookeeper.connect();
    register(1);
    const node = register(2);
    zookeeper.refuse(`${path}/${node}`);
    await start();
    expect(ports()).to.deep.equal([[1]]);
    expect(found[0]?.rejected).to.deep.equal([{ node, reason: 'ZooKeeper refuses to read it' }]);
    await clock.advance(1_000);
    register(3);
    await clock.advance(300_000);
    expect(ports().at(-1)).to.deep.equal([1, 3]);
    expect(childReads()).to.have.length(3);
    zookeeper.allow(`${path}/${node}`);
    zookeeper.disconnect();
    zookeeper.connect(false);
    await settle();
    expect(ports().at(-1)).to.have.members([1, 2, 3]);
    expect(found.at(-1)?.rejected).to.deep.equal([]);
  });

  it('takes a path that is not there for an empty list, and sees it come', async () => {
    zookeeper.connect();
    await start();
    expect(ports()).to.deep.equal([[]]);
    await clock.advance(1_000);
    register(1);
    await settle();
    expect(ports()).to.deep.equal([[], [1]]);
    zookeeper.removePath(path);
    await clock.advance(50);
    expect(ports().at(-1)).to.deep.equal([]);
  });

  it('says nothing when the connection goes, and looks again when it is back', async () => {
    zookeeper.connect();
    const node = register(1);
    await start();
    zookeeper.disconnect();
    zookeeper.remove(path, node);
    await clock.advance(60_000);
    expect(ports()).to.deep.equal([[1]]);
    zookeeper.connect(false);
    await settle();
    expect(ports()).to.deep.equal([[1], []]);
  });

  it('reads a child whose name stays with each listing: its data may have changed', async () => {
    zookeeper.connect();
    const data = (port: number): Buffer =>
      encodeRegistration({ host: '10.0.0.1', port, name: 'a' });
    zookeeper.put(path, 'a_', data(1));
    await start();
    await clock.advance(1_000);
    zookeeper.put(path, 'a_', data(2));
    await settle();
    expect(ports()).to.deep.equal([[1], [2]]);
  });

  describe('settings for generators', () => {
    const data = '{"haproxy": {"backend_order": "asc"}}';
    const parsed = { haproxy: { backend_order: 'asc' } };

    it('do without instances, and instances without them', async () => {
      register(1);
      zookeeper.refuse('/settings');
      zookeeper.connect();
      await start({ generator_config_path: '/settings' });
      expect(ports()).to.deep.equal([[1]]);
      expect(settings).to.deep.equal([]);
    });

    it('are read again when that failed, and for the instances that is waited for once', async () => {
      register(1);
      zookeeper.setData(path, data);
      zookeeper.connect();
      zookeeper.failNext(2);
      await start();
      expect(settings).to.deep.equal([]);
      await clock.advance(200);
      expect(settings).to.deep.equal([parsed]);
      expect(ports()).to.deep.equal([[1]]);
    });

    it('are not there where the listing tells of no data; that is read at leisure', async () => {
      register(1);
      zookeeper.connect();
      await start();
      expect(ports()).to.deep.equal([[1]]);
      expect(settings).to.deep.equal([{}]);
      expect(zookeeper.readPaths).not.to.include(path);
      // Nobody watches yet.
      zookeeper.setData(path, data);
      await clock.advance(2_000);
      expect(settings).to.deep.equal([{}, parsed]);
      zookeeper.setData(path, '{}');
      await settle();
      expect(settings.at(-1)).to.deep.equal({});
    });

    it('are read where the path may not be listed', async () => {
      zookeeper.setData(path, data);
      zookeeper.connect();
      zookeeper.failNext(1);
      await start();
      expect(settings).to.deep.equal([parsed]);
    });

    it('are read once for a burst, and again after each connection', async () => {
      zookeeper.setData(path, data);
      zookeeper.connect();
      await start();
      await clock.advance(1_000);
      const before = zookeeper.readPaths.length;
      for (let round = 0; round < 50; round += 1) zookeeper.setData(path, data);
      await clock.advance(100);
      expect(zookeeper.readPaths.length - before).to.be.at.most(2);
      zookeeper.disconnect();
      zookeeper.setData(path, '{}');
      await clock.advance(1_000);
      expect(settings.at(-1)).to.deep.equal(parsed);
      zookeeper.connect();
      await clock.advance(100);
      expect(settings.at(-1)).to.deep.equal({});
    });

    it('are complained about once while they stay bad', async () => {
      zookeeper.setData(path, 'nonsense');
      zookeeper.connect();
      await start();
      await clock.advance(400_000);
      expect(logger.events()).to.deep.equal(['settings-rejected']);
      expect(settings).to.deep.equal([]);
    });
  });

  describe('when instances are missing', () => {
    const departures = `${path}_departed`;
    const departed = () =>
      found.map((one) => one.departed.map(({ instance, reason }) => [instance.port, reason]));

    beforeEach(() => zookeeper.connect());

    it('asks once which of them left on purpose, and why', async () => {
      const nodes = [register(1), register(2), register(3)];
      await start();
      await clock.advance(1_000);
      zookeeper.depart(path, nodes[0] ?? '', 'drained');
      zookeeper.depart(path, nodes[1] ?? '', 'failing');
      zookeeper.remove(path, nodes[2] ?? '');
      await clock.advance(1_000);
      expect(departed().flat()).to.deep.equal([
        [1, 'drained'],
        [2, 'failing'],
      ]);
      expect(zookeeper.listed.filter((one) => one === departures)).to.have.length(1);
    });

    it('does not ask while nobody is, nor for a registration that was replaced', async () => {
      const node = register(1);
      await start();
      await clock.advance(1_000);
      register(1);
      zookeeper.remove(path, node);
      await clock.advance(1_000);
      expect(ports().at(-1)).to.deep.equal([1]);
      expect(zookeeper.listed).not.to.include(departures);
    });

    it('takes nothing for a departure but that of the very node, or a later one', async () => {
      const data = (port: number): Buffer =>
        encodeDeparture({ reason: 'drained', host: '10.0.0.1', port, name: 'a' });
      const instance = (port: number): Instance => {
        return { host: '10.0.0.1', port, name: 'a', sequence: 50, labels: {} };
      };
      expected = [instance(1), instance(2), { ...instance(3), name: 'b' }];
      zookeeper.put(departures, 'a_0000000049', data(1));
      zookeeper.put(departures, 'a_0000000051', data(2));
      zookeeper.put(departures, 'a_', data(1));
      zookeeper.put(departures, 'c_0000000050', data(3));
      zookeeper.put(departures, 'b_0000000051', 'garbage');
      zookeeper.put(departures, 'base64_9_x', data(1));
      await start();
      expect(departed()).to.deep.equal([[[2, 'drained']]]);
    });

    it('believes the name of the node, whatever stands in the announcement', async () => {
      expected = [{ host: '10.0.0.1', port: 1, name: 'a', sequence: 50, labels: {} }];
      zookeeper.put(departures, 'a_0000000050', '\u0000');
      await start();
      expect(departed()).to.deep.equal([[[1, undefined]]]);
    });

    it('knows data that ride in names', async () => {
      const registration = { host: '10.0.0.1', port: 7, name: 'a' };
      const node = zookeeper.create(
        path,
        childPrefix(registration, true),
        encodeRegistration(registration),
      );
      await start();
      await clock.advance(1_000);
      zookeeper.depart(path, node, 'stopped');
      await settle();
      expect(departed()).to.deep.equal([[], [[7, 'stopped']]]);
    });

    it('takes them for unannounced when it gets no answer', async () => {
      expected = [{ host: '10.0.0.1', port: 1, name: 'a', sequence: 50, labels: {} }];
      zookeeper.put(departures, 'a_0000000050', '');
      zookeeper.refuse(departures);
      await start();
      expect(departed()).to.deep.equal([[]]);
      expect(ports()).to.deep.equal([[]]);
    });
  });

  it('repeats a listing that failed', async () => {
    zookeeper.connect();
    register(1);
    zookeeper.failNext(2);
    await start();
    expect(found).to.deep.equal([]);
    await clock.advance(1_000);
    expect(ports()).to.deep.equal([[1]]);
  });

  it('waits as retry_policy says before it reads again what failed', async () => {
    zookeeper.connect();
    register(1);
    // The listing and the settings, four times each.
    zookeeper.failNext(8);
    await start({ retry_policy: { base_interval: 1, max_interval: 3 } });
    const waits: (number | undefined)[] = [];
    while (waits.length < 4) {
      const waitMs = clock.nextWakeMs();
      waits.push(waitMs);
      await clock.advance(waitMs ?? 0);
    }
    // Three quarters of it each: `random` is in the middle.
    expect(waits).to.deep.equal([750, 1_500, 2_250, 2_250]);
    expect(ports()).to.deep.equal([[1]]);
  });

  it('looks now and then, in case a watch was lost', async () => {
    zookeeper.connect();
    await start();
    zookeeper.loseWatches();
    register(1);
    await clock.advance(119_000);
    expect(ports().at(-1)).to.deep.equal([1]);
  });
});
