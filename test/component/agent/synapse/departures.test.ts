import { expect } from 'chai';
import { systemClock } from '../../../../agent/lib/clock.ts';
import { openZooKeeperRegistry } from '../../../../agent/nerve/reporters/zookeeper.ts';
import type { TestBackend } from '../../../support/backend.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { type Mood, makeFlaky } from '../../../support/flaky-socket.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';
import { type ObservedSession, openSession } from '../../../support/zookeeper-session.ts';

describe('synapse and instances that leave', () => {
  let bed: SynapseBed;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(() => bed.destroy());

  const listings = (): number => bed.zookeeper.listed.filter((one) => one === bed.path).length;

  it('stay in HAProxy while a request waits to leave them that counts nowhere', async () => {
    bed.configure({
      web: {
        server_options: 'check inter 10s observe layer4 error-limit 1 on-error mark-down',
        listen: ['balance roundrobin', 'retry-on conn-failure'],
      },
    });
    const [alive, dying] = [await bed.backend('alive'), await bed.backend('dying')];
    bed.register(alive);
    const node = bed.register(dying);
    await bed.startServing(alive, dying);
    await dying.stop();
    // Where one server is left, HAProxy lets a second pass before it sends them there.
    let unanswered = 8;
    const requests = Array.from({ length: unanswered }, async () => {
      const answer = await request(bed.url);
      unanswered -= 1;
      return answer;
    });
    await eventually(async () => expect((await bed.server(dying))?.up).to.equal(false));
    bed.zookeeper.depart(bed.path, node, 'failing');
    await eventually(async () => expect((await bed.server(dying))?.admin).to.equal('maint'));
    while (unanswered > 0) expect(await bed.server(dying)).not.to.equal(undefined);
    for (const answer of await Promise.all(requests)) {
      expect(answer).to.deep.equal({ status: 200, body: 'alive' });
    }
    await bed.serves(alive);
    await eventually(async () => expect(await bed.server(dying)).to.equal(undefined));
  });

  describe('the last of a service', () => {
    it('keeps its traffic when it vanishes without a word', async () => {
      const only = await bed.backend('only');
      const node = bed.register(only);
      await bed.startServing(only);
      const before = listings();
      bed.zookeeper.remove(bed.path, node);
      await eventually(() => expect(listings()).to.be.greaterThan(before));
      await throughout(() => bed.serves(only), { durationMs: 500 });
      expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'only' });
    });

    it('goes when it said that it leaves, and does not come back with a restart', async () => {
      const only = await bed.backend('only');
      const node = bed.register(only);
      await bed.startServing(only);
      bed.zookeeper.depart(bed.path, node, 'failing');
      await bed.expectServing();
      await bed.synapse().stop();
      bed.zookeeper.connect();
      await bed.startSynapse();
      await throughout(() => bed.serves(), { durationMs: 500 });
      // Nor where there is no registry to ask.
      await bed.synapse().stop();
      await bed.startSynapse();
      await throughout(() => bed.serves(), { durationMs: 500 });
    });

    it('goes alone when others vanish in the same moment without a word', async () => {
      const [said, silent] = [await bed.backend('said'), await bed.backend('silent')];
      const nodes = [bed.register(said), bed.register(silent)];
      await bed.startServing(said, silent);
      // No listing between the two.
      bed.zookeeper.loseWatches();
      bed.zookeeper.depart(bed.path, nodes[0] ?? '', 'stopped');
      bed.zookeeper.remove(bed.path, nodes[1] ?? '');
      bed.zookeeper.disconnect();
      bed.zookeeper.connect();
      await bed.expectServing(silent);
    });

    it('goes though it left while synapse was not there', async () => {
      const only = await bed.backend('only');
      const first = bed.register(only);
      await bed.startServing(only);
      await bed.synapse().stop();
      bed.zookeeper.remove(bed.path, first);
      bed.zookeeper.depart(bed.path, bed.register(only), 'removed');
      bed.zookeeper.connect();
      await bed.startSynapse();
      await bed.expectServing();
    });

    it('serves again when it is back', async () => {
      const only = await bed.backend('only');
      bed.zookeeper.depart(bed.path, bed.register(only), 'drained');
      bed.register(only);
      await bed.startServing(only);
    });
  });

  describe('a registry of ZooKeeper, written by nerve', function () {
    this.timeout(60_000);
    let ensemble: Ensemble;
    let registrar: ObservedSession;

    before(async () => {
      ensemble = await startEnsemble(1);
    });
    after(() => ensemble.stop());
    afterEach(() => registrar.session.close());

    /** synapse serves what nerve has registered. */
    const setUp = async (only: TestBackend) => {
      registrar = openSession({ hosts: ensemble.hosts });
      await registrar.connected();
      const registration = { host: '127.0.0.1', port: only.port, name: only.name };
      const registry = openZooKeeperRegistry({
        onWrite: () => undefined,
        place: {
          type: 'zookeeper',
          hosts: ensemble.hosts,
          path: bed.path,
          usePathEncoding: false,
          nodeType: 'ephemeral_sequential',
          touchMs: undefined,
        },
        session: registrar.session,
        clock: systemClock,
        random: Math.random,
        logger: bed.logger,
        onDisturbed: () => undefined,
      });
      await registry.register(registration);
      await bed.startSynapse(() => openSession({ hosts: ensemble.hosts }).session);
      await bed.haproxy.start();
      await bed.expectServing(only);
      return { registry, registration };
    };

    it('tells a departure from a session that ends', async () => {
      const only = await bed.backend('only');
      const { registry, registration } = await setUp(only);
      await registry.deregister(registration, 'drained');
      await bed.expectServing();
      await registry.register(registration);
      await bed.expectServing(only);
      await registrar.session.close();
      await eventually(() => {
        const line = bed.logger.lines.findLast(({ event }) => event === 'service-changed');
        expect(line).to.include({ instances: 0, before: 1 });
      });
      await throughout(() => bed.serves(only), { durationMs: 500 });
    });
  });

  it('tells who left and why', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    const node = bed.register(two);
    await bed.startServing(one, two);
    bed.zookeeper.depart(bed.path, node, 'drained');
    await bed.expectServing(one);
    const web = await statusOfWeb(bed);
    expect(web.departed).to.deep.equal([
      { host: '127.0.0.1', port: two.port, name: 'two', reason: 'drained' },
    ]);
    expect(bed.logger.lines.findLast(({ event }) => event === 'instance-departed')).to.include({
      service: 'web',
      server: bed.serverName(two),
      reason: 'drained',
    });
  });

  describe('draining', () => {
    const drain = { weight: 0, draining: true, downtime_at: 1_900_000_000 };

    it('gets no new request, ends those it has, and is no other server', async () => {
      const [one, two] = [await bed.backend('one'), await bed.backend('two')];
      bed.register(one);
      const node = bed.register(two);
      await bed.startServing(one, two);
      const { pid } = await bed.haproxy.info();
      const slow = [request(`${bed.url}/slow?ms=1000`), request(`${bed.url}/slow?ms=1000`)];
      await bed.busyOn(two);
      bed.register(two, drain);
      bed.zookeeper.remove(bed.path, node);
      await eventually(async () => {
        expect(await bed.server(two)).to.include({ admin: 'ready', up: true, weight: 0 });
      });
      const before = two.answered;
      for (let index = 0; index < 20; index += 1) {
        expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'one' });
      }
      expect((await Promise.all(slow)).map(({ status }) => status)).to.deep.equal([200, 200]);
      expect(two.answered - before).to.be.below(2);
      expect((await bed.haproxy.info()).pid).to.equal(pid);
      expect(bed.logger.events()).not.to.include('proxy-reloaded');
      const { instances } = await statusOfWeb(bed);
      expect(instances).to.have.length(2);
      expect(Object(instances)[1]).to.deep.include({
        name: 'two',
        draining: true,
        downtime_at: drain.downtime_at,
      });
    });

    it('is out as soon as HAProxy answers again, if it has run on', async () => {
      const [one, two] = [await bed.backend('one'), await bed.backend('two')];
      bed.register(one);
      const node = bed.register(two);
      await bed.startServing(one, two);
      await eventually(() => expect(bed.logger.events()).to.include('proxy-found'));
      const flaky = await makeFlaky(bed.haproxy.socketPath, () => 'refuse');
      bed.register(two, drain);
      bed.zookeeper.remove(bed.path, node);
      await eventually(async () => {
        expect(await bed.haproxy.configText()).to.match(/^\tserver two_.* weight 0$/m);
      });
      await flaky.remove();
      await eventually(async () => expect(await bed.server(two)).to.include({ weight: 0 }));
    });

    it('is out though it served again for a moment, of which HAProxy said nothing', async () => {
      const [one, two] = [await bed.backend('one'), await bed.backend('two')];
      bed.register(one);
      const nodes = [bed.register(two)];
      await bed.startServing(one, two);
      nodes.push(bed.register(two, drain));
      bed.zookeeper.remove(bed.path, nodes[0] ?? '');
      const weight = async (): Promise<number | undefined> => (await bed.server(two))?.weight;
      await eventually(async () => expect(await weight()).to.equal(0));
      const mood = (command: string): Mood =>
        command.includes('set server') ? 'lose-answer' : 'relay';
      const flaky = await makeFlaky(bed.haproxy.socketPath, mood);
      nodes.push(bed.register(two));
      bed.zookeeper.remove(bed.path, nodes[1] ?? '');
      await eventually(async () => expect(await weight()).to.equal(1));
      bed.register(two, drain);
      bed.zookeeper.remove(bed.path, nodes[2] ?? '');
      await eventually(async () => expect(await weight()).to.equal(0));
      await flaky.remove();
    });

    it('takes traffic all the same where every instance drains', async () => {
      const [one, two] = [await bed.backend('one'), await bed.backend('two')];
      const nodes = [bed.register(one), bed.register(two)];
      await bed.startServing(one, two);
      bed.register(two, drain);
      bed.zookeeper.remove(bed.path, nodes[1] ?? '');
      await eventually(async () => expect(await bed.server(two)).to.include({ weight: 0 }));
      bed.register(one, drain);
      bed.zookeeper.remove(bed.path, nodes[0] ?? '');
      await eventually(async () => {
        expect(await bed.server(one)).to.include({ weight: 1 });
        expect(await bed.server(two)).to.include({ weight: 1 });
      });
      expect(await request(bed.url)).to.include({ status: 200 });
    });
  });
});

async function statusOfWeb(bed: SynapseBed): Promise<{ instances: unknown; departed: unknown }> {
  const { body } = await request(`${bed.apiUrl}/status`);
  return JSON.parse(body).services.web;
}
