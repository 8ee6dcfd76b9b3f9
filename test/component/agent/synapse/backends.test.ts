import { expect } from 'chai';
import { parseServerLines } from '../../../../agent/synapse/haproxy/render.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { freePort } from '../../../support/free-ports.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

describe('synapse and backends that come and go', () => {
  let bed: SynapseBed;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(() => bed.destroy());

  it('adds and removes servers under traffic: no failed request, no reload', async () => {
    const first = await bed.backend('first');
    bed.register(first);
    await bed.startSynapse();
    await bed.haproxy.start();
    const { pid } = await bed.haproxy.info();
    await bed.expectServing(first);
    const traffic = bed.startTraffic();
    for (let round = 0; round < 5; round += 1) {
      const guest = await bed.backend(`guest${round}`);
      const node = bed.register(guest);
      await bed.expectServing(first, guest);
      await eventually(() => expect(guest.answered).to.be.greaterThan(3));
      bed.zookeeper.remove(bed.path, node);
      await bed.expectServing(first);
    }
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect((await bed.haproxy.info()).pid).to.equal(pid);
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
  });

  it('lists a path once for all services that watch it', async () => {
    const hosts = ['127.0.0.1:2181'];
    const discovery = { method: 'zookeeper' as const, path: bed.path, hosts };
    bed.configure({
      services: { again: { discovery, haproxy: { port: await freePort(), server_options: '' } } },
    });
    await bed.startSynapse();
    await bed.haproxy.start();
    bed.zookeeper.listed.length = 0;
    bed.register(await bed.backend('one'));
    await eventually(async () => expect(await bed.haproxy.servers()).to.have.length(2));
    expect(bed.zookeeper.listed).to.deep.equal([bed.path]);
  });

  it('says in the file what runs, soon after', async () => {
    const backends = await Promise.all(['a', 'b', 'c'].map((name) => bed.backend(name)));
    await bed.startSynapse();
    await bed.haproxy.start();
    const nodes = backends.map((backend) => bed.register(backend));
    await bed.expectServing(...backends);
    await expectFileToAgree(bed, backends.map(bed.serverName));
    for (const node of nodes.slice(1)) bed.zookeeper.depart(bed.path, node, 'stopped');
    await bed.expectServing(...backends.slice(0, 1));
    await expectFileToAgree(bed, backends.slice(0, 1).map(bed.serverName));
  });

  it('brings a newcomer to its share bit by bit where `slowstart` says so', async () => {
    const [first, newcomer] = [await bed.backend('first'), await bed.backend('newcomer')];
    bed.register(first);
    bed.configure({
      web: { server_options: 'check slowstart 1h', listen: ['balance roundrobin'] },
    });
    await bed.startServing(first);
    bed.register(newcomer);
    await eventually(async () => {
      await request(bed.url);
      expect(newcomer.answered).to.be.greaterThan(0);
    });
    const before = newcomer.answered;
    for (let count = 0; count < 64; count += 1) await request(bed.url);
    // Half of them once the hour has passed; one in 16 as it begins.
    expect(newcomer.answered - before).to.be.within(1, 16);
  });

  it('lets the requests of a removed server end, and takes it back meanwhile', async () => {
    const [first, second] = [await bed.backend('first'), await bed.backend('second')];
    bed.register(first);
    const node = bed.register(second);
    await bed.startServing(first, second);
    const slow = [request(`${bed.url}/slow?ms=1000`), request(`${bed.url}/slow?ms=1000`)];
    await bed.busyOn(second);
    bed.zookeeper.remove(bed.path, node);
    await eventually(async () => expect(await bed.server(second)).to.include({ admin: 'maint' }));
    bed.register(second);
    await bed.expectServing(first, second);
    expect((await Promise.all(slow)).map(({ status }) => status)).to.deep.equal([200, 200]);
  });

  it('deletes a removed server once its last request has ended', async () => {
    const only = await bed.backend('only');
    const node = bed.register(only);
    bed.configure({ service: { use_previous_backends: false } });
    await bed.startServing(only);
    const slow = request(`${bed.url}/slow?ms=800`);
    await bed.busyOn(only);
    bed.zookeeper.remove(bed.path, node);
    await eventually(async () => expect(await bed.server(only)).to.include({ admin: 'maint' }));
    expect(await slow).to.deep.equal({ status: 200, body: 'only' });
    await eventually(async () => expect(await bed.server(only)).to.equal(undefined));
  });

  it('leaves alone what an operator set by hand', async () => {
    const [one, two, three] = await Promise.all(['1', '2', '3'].map((name) => bed.backend(name)));
    if (!one || !two || !three) return expect.fail();
    bed.register(one);
    bed.register(two);
    await bed.startServing(one, two);
    await bed.haproxy.admin.ask(`set server web/${bed.serverName(one)} state drain`);
    await bed.haproxy.admin.ask(`set server web/${bed.serverName(two)} weight 7`);
    bed.register(three);
    await eventually(async () => expect(await bed.server(three)).to.include({ up: true }));
    bed.zookeeper.disconnect();
    bed.zookeeper.connect();
    await bed.synapse().reload();
    expect(await bed.server(one)).to.include({ admin: 'drain' });
    expect(await bed.server(two)).to.include({ weight: 7 });
  });

  it('keeps every backend while ZooKeeper is unreachable', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    const node = bed.register(two);
    await bed.startServing(one, two);
    bed.zookeeper.disconnect();
    bed.zookeeper.remove(bed.path, node);
    await throughout(() => bed.serves(one, two), { durationMs: 500 });
    bed.zookeeper.connect();
    await bed.expectServing(one);
  });

  it('leaves bad registrations out, names them, and serves the good ones', async () => {
    const good = await bed.backend('good');
    bed.register(good);
    const { zookeeper, path } = bed;
    zookeeper.create(path, 'worse_', 'no json');
    zookeeper.create(path, 'worse_', '{"host":"1.2.3.4\\n\\tserver x","port":1,"name":"x"}');
    zookeeper.create(path, 'worse_', '{"host":"127.0.0.1","port":1,"name":"x","labels":[1]}');
    zookeeper.create(path, 'base64_4_bnVs_');
    const evil = { host: '127.0.0.1', port: 9, name: 'evil' };
    zookeeper.register(path, { ...evil, haproxy_server_options: 'check ; shutdown' });
    zookeeper.register(path, { ...evil, port: 10, haproxy_server_options: 'resolvers none' });
    await bed.startServing(good);
    const rejected = bed.logger.lines.filter(({ event }) => event === 'registration-rejected');
    expect(rejected).to.have.length(6);
  });

  it('serves without an instance whose options only HAProxy finds wrong', async () => {
    const good = await bed.backend('good');
    const bad = await bed.backend('bad');
    await bed.startSynapse();
    await bed.haproxy.start();
    bed.zookeeper.register(bed.path, {
      host: '127.0.0.1',
      port: bad.port,
      name: 'bad',
      haproxy_server_options: 'ssl',
    });
    bed.register(good);
    await bed.expectServing(good);
    await eventually(() => {
      const rejected = bed.logger.lines.find(({ event }) => event === 'registration-rejected');
      expect(rejected).to.include({ server: bed.serverName(bad) });
    });
    await expectFileToAgree(bed, [bed.serverName(good)]);
  });
});

/** The file's servers are those of the process, and these. */
async function expectFileToAgree(bed: SynapseBed, names: readonly string[]): Promise<void> {
  await eventually(async () => {
    const inFile = parseServerLines(await bed.haproxy.configText()).get('web') ?? new Map();
    const running = (await bed.haproxy.servers()).map(({ name }) => name);
    expect([...inFile.keys()].sort()).to.deep.equal([...names].sort());
    expect(running.sort()).to.deep.equal([...names].sort());
  });
}
