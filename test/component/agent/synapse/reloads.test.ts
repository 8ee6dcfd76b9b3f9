import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { parseServersState } from '../../../../agent/synapse/haproxy/answers.ts';
import { during, eventually, throughout } from '../../../support/eventually.ts';
import { freePort } from '../../../support/free-ports.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

describe('synapse and a changed set of services', () => {
  let bed: SynapseBed;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(() => bed.destroy());

  async function addService(): Promise<string> {
    const port = await freePort();
    const shop = await bed.backend('shop');
    bed.configure({
      services: {
        shop: {
          discovery: { method: 'base' },
          default_servers: [{ name: 'shop', host: '127.0.0.1', port: shop.port }],
          haproxy: { port, bind_address: '127.0.0.1', server_options: 'check inter 200ms' },
        },
      },
    });
    return `http://127.0.0.1:${port}`;
  }

  it('keeps session and backends when members of the ensemble come and go', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    for (const backend of [one, two]) bed.register(backend);
    const sessions: string[] = [];
    await bed.startSynapse((hosts) => {
      sessions.push(hosts.join());
      return bed.zookeeper.session();
    });
    await bed.haproxy.start();
    await bed.expectServing(one, two);
    const traffic = bed.startTraffic();
    for (const hosts of [['127.0.0.1:2181', '127.0.0.1:2182'], ['127.0.0.1:2182']]) {
      bed.configure({ service: { discovery: { method: 'zookeeper', path: bed.path, hosts } } });
      await during(bed.synapse().reload(), () => bed.serves(one, two));
      await throughout(() => bed.serves(one, two), { durationMs: 300 });
    }
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
    expect(sessions).to.deep.equal(['127.0.0.1:2181']);
  });

  it('reloads for a new service: nothing refused or cut, every server as it was', async () => {
    const [plain, drained, maintained, weighted] = await Promise.all(
      ['plain', 'drained', 'maintained', 'weighted'].map((name) => bed.backend(name)),
    );
    if (!plain || !drained || !maintained || !weighted) return expect.fail();
    const dead = await bed.backend('dead');
    await bed.startSynapse();
    await bed.haproxy.start();
    for (const one of [plain, drained, maintained, weighted, dead]) bed.register(one);
    await bed.expectServing(plain, drained, maintained, weighted, dead);
    const { admin } = bed.haproxy;
    await admin.ask(`set server web/${bed.serverName(drained)} state drain`);
    await admin.ask(`set server web/${bed.serverName(maintained)} state maint`);
    await admin.ask(`set server web/${bed.serverName(weighted)} weight 42`);
    dead.setHealthy(false);
    await eventually(async () => expect(await bed.server(dead)).to.include({ up: false }));
    const { pid } = await bed.haproxy.info();
    const shopUrl = await addService();
    const traffic = bed.startTraffic();
    await eventually(() => expect(traffic.answers.size).to.equal(2));
    const cut = request(`${bed.url}/slow?ms=700`);
    await bed.synapse().reload();
    await eventually(async () => expect((await bed.haproxy.info()).pid).not.to.equal(pid));
    traffic.forget();
    // The first answers of the new worker count: nothing may be up before it is checked.
    expect(await bed.server(dead)).to.include({ up: false, admin: 'ready' });
    expect(await bed.server(drained)).to.include({ admin: 'drain' });
    expect(await bed.server(maintained)).to.include({ admin: 'maint' });
    expect(await bed.server(weighted)).to.include({ weight: 42 });
    await eventually(async () => expect(await request(shopUrl)).to.include({ body: 'shop' }));
    expect(await cut).to.include({ status: 200 });
    // One request in 43 goes to the light one.
    await eventually(() => expect(traffic.answers.size).to.be.greaterThan(1));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect([...traffic.answers.keys()].sort()).to.deep.equal(['plain', 'weighted']);
    expect(bed.logger.events().filter((event) => event === 'proxy-reloaded')).to.have.length(1);
  });

  it('keeps for a reload by somebody else what the checks of HAProxy found', async () => {
    const [one, dead] = [await bed.backend('one'), await bed.backend('dead')];
    for (const backend of [one, dead]) bed.register(backend);
    await bed.startServing(one, dead);
    const saved = async (): Promise<boolean | undefined> => {
      const text = await readFile(`${bed.haproxy.configPath}.servers`, 'utf8');
      return parseServersState(text).find(({ name }) => name === bed.serverName(dead))?.up;
    };
    await eventually(async () => expect(await saved()).to.equal(true));
    dead.setHealthy(false);
    await eventually(async () => expect(await bed.server(dead)).to.include({ up: false }));
    // Synapse looks at everything by itself every 20 s: that would be too late.
    await eventually(async () => expect(await saved()).to.equal(false), { deadlineMs: 10_000 });
    const { pid } = await bed.haproxy.info();
    // The answer may be lost with the old master.
    await bed.haproxy.master.ask('reload').catch(() => undefined);
    await eventually(async () => expect((await bed.haproxy.info()).pid).not.to.equal(pid));
    expect(await bed.server(dead)).to.include({ up: false });
  });

  it('takes the options of a server from the registry, by one reload', async () => {
    const one = await bed.backend('one');
    await bed.startSynapse();
    await bed.haproxy.start();
    const node = bed.register(one);
    await bed.expectServing(one);
    const changed = { host: '127.0.0.1', port: one.port, name: 'one' };
    bed.zookeeper.register(bed.path, { ...changed, haproxy_server_options: 'maxconn 7' });
    bed.zookeeper.remove(bed.path, node);
    await eventually(async () => expect(await bed.haproxy.configText()).to.include('maxconn 7'));
    await eventually(() => expect(bed.logger.events()).to.include('proxy-reloaded'));
    await bed.expectServing(one);
  });

  it('keeps the old configuration when the new one is bad for HAProxy', async () => {
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startServing(one);
    const before = await bed.haproxy.configText();
    bed.configure({ web: { server_options: 'chekc' } });
    expect(await bed.synapse().reload()).to.include('the old one stays');
    expect(String(bed.logger.lines.at(-1)?.problems)).to.include('chekc');
    expect(await bed.haproxy.configText()).to.equal(before);
    const two = await bed.backend('two');
    bed.register(two);
    await bed.expectServing(one, two);
  });

  it('puts the old text back when a checked one fails to load, and tries again', async () => {
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startServing(one);
    const { pid, fingerprint } = await bed.haproxy.info();
    // `haproxy -c` opens no port: only the reload finds out.
    const squatter = await bed.backend('squatter');
    bed.configure({
      services: {
        taken: {
          discovery: { method: 'base' },
          haproxy: { port: squatter.port, bind_address: '127.0.0.1' },
        },
      },
    });
    await bed.synapse().reload();
    await eventually(() => expect(bed.logger.events()).to.include('reload-failed'));
    await eventually(async () => {
      expect(await bed.haproxy.configText()).to.include(`synapse:${fingerprint}`);
    });
    expect(await bed.haproxy.info()).to.include({ fingerprint });
    expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'one' });
    const two = await bed.backend('two');
    bed.register(two);
    await bed.expectServing(one, two);
    expect(pid).to.be.a('number');
  });

  it('refuses to start on a text that HAProxy does not take', async () => {
    bed.configure({ haproxy: { defaults: ['mode htpt'] } });
    const error = await bed.startSynapse().catch((reason: unknown) => reason);
    expect(String(error)).to.include('htpt');
  });
});
