import { readFile, rm, writeFile } from 'node:fs/promises';
import { expect } from 'chai';
import type { TestBackend } from '../../../support/backend.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

describe('synapse when something dies', () => {
  let bed: SynapseBed;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(() => bed.destroy());

  it('brings a HAProxy that was killed and restarted up to date', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    const node = bed.register(one);
    await bed.startSynapse();
    await bed.haproxy.start();
    await eventually(() => expect(bed.logger.events()).to.include('proxy-found'));
    await bed.haproxy.kill();
    await eventually(() => expect(bed.logger.events()).to.include('proxy-lost'));
    const old = await bed.haproxy.configText();
    bed.register(two);
    bed.zookeeper.remove(bed.path, node);
    await eventually(async () => {
      expect(await bed.haproxy.configText()).to.include(bed.serverName(two));
    });
    // Somebody starts it on the old file.
    await writeFile(bed.haproxy.configPath, old);
    await bed.haproxy.start();
    await eventually(async () => {
      expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'two' });
      expect(await bed.server(one)).to.equal(undefined);
    });
  });

  it('keeps the servers with ZooKeeper and its own memory gone, over a reload too (law 2)', async () => {
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startServing(one);
    await eventually(async () =>
      expect(await bed.haproxy.configText()).to.include(bed.serverName(one)),
    );
    await bed.synapse().stop();
    bed.zookeeper.disconnect();
    await rm(bed.statePath);
    await bed.startSynapse();
    bed.configure({ services: { shop: { discovery: { method: 'base' } } } });
    const traffic = bed.startTraffic();
    await bed.synapse().reload();
    await eventually(() => expect(bed.logger.events()).to.include('proxy-reloaded'));
    await throughout(async () => expect(await bed.server(one)).to.include({ admin: 'ready' }), {
      durationMs: 500,
    });
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    // Once the registry answers, its word counts.
    const two = await bed.backend('two');
    bed.zookeeper.connect();
    bed.register(two);
    await bed.expectServing(one, two);
  });

  for (const lost of ['', '.addresses']) {
    const without = lost === '' ? '' : ', and what it had noted of them is lost';
    it(`keeps the servers whose names have no address after a restart${without} (law 2)`, async () => {
      const [one, two] = [await bed.backend('one'), await bed.backend('two')];
      bed.names.set('one.test', ['127.0.0.1']);
      bed.register(one, { host: 'one.test' });
      await bed.startSynapse();
      await bed.haproxy.start();
      await eventually(async () => expect((await request(bed.url)).body).to.equal('one'));
      await eventually(async () =>
        expect(await readFile(`${bed.statePath}.addresses`, 'utf8')).to.include('one.test'),
      );
      await bed.synapse().stop();
      bed.names.clear();
      if (lost !== '') await rm(`${bed.statePath}${lost}`);
      const traffic = bed.startTraffic();
      bed.zookeeper.connect();
      await bed.startSynapse();
      // Past the first look, and one at everything.
      bed.register(two);
      await eventually(() => expect([...traffic.answers.keys()].sort()).to.eql(['one', 'two']));
      await bed.synapse().reload();
      await throughout(
        async () => expect((await bed.haproxy.servers()).map(({ up }) => up)).to.eql([true, true]),
        { durationMs: 500 },
      );
      await traffic.stop();
      expect([...traffic.failures]).to.deep.equal([]);
    });
  }

  it('knows a weight that it set for its own, killed before the file said it', async () => {
    const one = await bed.backend('one');
    const { configPath } = bed.haproxy;
    const notePath = `${bed.statePath}.weights`;
    bed.configure({ web: { use_nerve_weights: true } });
    let node = bed.register(one, { weight: 2 });
    const weigh = (weight: number): void => {
      const before = node;
      node = bed.register(one, { weight });
      bed.zookeeper.remove(bed.path, before);
    };
    const expectWeight = (weight: number) =>
      eventually(async () => expect(await bed.server(one)).to.include({ weight }));
    await bed.startServing(one);
    await expectWeight(2);
    await eventually(async () => expect(await bed.haproxy.configText()).to.include('weight 2'));
    await eventually(async () => expect(await readFile(bed.statePath, 'utf8')).to.include('one'));
    const before = [configPath, bed.statePath];
    const texts = await Promise.all(before.map((path) => readFile(path, 'utf8')));
    weigh(5);
    // What is on disk between the change and the files that follow.
    let note = '';
    await eventually(
      async () => {
        note = await readFile(notePath, 'utf8');
        expect(note).to.include('5');
      },
      { pollMs: 1 },
    );
    await expectWeight(5);
    await bed.synapse().stop();
    bed.zookeeper.disconnect();
    await Promise.all(before.map((path, index) => writeFile(path, texts[index] ?? '')));
    await writeFile(notePath, note);
    weigh(2);
    await bed.startSynapse();
    bed.zookeeper.connect();
    await expectWeight(2);
  });

  it('reaches HAProxy when the file of its socket is gone, over a reload too', async () => {
    const [one, two, three] = [
      await bed.backend('one'),
      await bed.backend('two'),
      await bed.backend('three'),
    ];
    const answersOf = async (...backends: readonly TestBackend[]): Promise<void> =>
      eventually(async () => {
        const heard = await Promise.all(Array.from({ length: 12 }, () => request(bed.url)));
        const bodies = new Set(heard.map(({ body }) => body));
        expect([...bodies].sort()).to.deep.equal(backends.map(({ name }) => name).sort());
      });
    const node = bed.register(one);
    await bed.startServing(one);
    await eventually(() => expect(bed.logger.events()).to.include('proxy-found'));
    const traffic = bed.startTraffic();
    await rm(bed.haproxy.socketPath);
    bed.register(two);
    await answersOf(one, two);
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
    bed.configure({ services: { shop: { discovery: { method: 'base' } } } });
    await bed.synapse().reload();
    await eventually(() => expect(bed.logger.events()).to.include('proxy-reloaded'));
    bed.zookeeper.depart(bed.path, node, 'stopped');
    bed.register(three);
    await answersOf(two, three);
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
  });

  it('keeps what an operator set when HAProxy is restarted', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    bed.register(two);
    await bed.startServing(one, two);
    await bed.haproxy.admin.ask(`set server web/${bed.serverName(one)} state maint`);
    // Any change is followed by the files, as is the passing of five seconds.
    bed.register(await bed.backend('three'));
    const states = `${bed.haproxy.configPath}.servers`;
    await eventually(async () => {
      const lines = (await readFile(states, 'utf8')).split('\n');
      const line = lines.find((text) => text.includes(bed.serverName(one)));
      expect(line?.split(' ')[6]).to.equal('1');
    });
    await bed.haproxy.kill();
    await bed.haproxy.start();
    expect(await bed.server(one)).to.include({ admin: 'maint' });
    expect(await bed.server(two)).to.include({ admin: 'ready', up: true });
  });

  it('adopts a HAProxy that runs the right text, without touching it', async () => {
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startServing(one);
    await bed.synapse().stop();
    const before = [await bed.haproxy.configText(), await bed.haproxy.info()];
    const { output } = bed.haproxy;
    const printed = output();
    bed.zookeeper.connect();
    await bed.startSynapse();
    expect([await bed.haproxy.configText(), await bed.haproxy.info()]).to.deep.equal(before);
    expect(output()).to.equal(printed);
    expect(bed.logger.lines.at(-1)).to.include({ event: 'proxy-found', adopted: true });
  });

  it("leaves a server of the user's own to its line after a restart", async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    const text = (): Promise<string> => bed.haproxy.configText();
    bed.configure({ web: { backend: ['server sorry 127.0.0.1:1 backup'] } });
    bed.register(one);
    await bed.startSynapse();
    await bed.haproxy.start();
    await eventually(async () => expect(await text()).to.include(bed.serverName(one)));
    await bed.synapse().stop();
    bed.zookeeper.connect();
    await bed.startSynapse();
    bed.register(two);
    await eventually(async () => expect(await text()).to.include(bed.serverName(two)));
    expect((await text()).match(/server sorry/g)).to.have.length(1);
    expect(bed.logger.events()).to.not.include('config-refused');
  });

  it('brings the file up to date once a check that failed for a while passes', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    const trouble = `${bed.haproxy.configPath}.trouble`;
    bed.configure({ haproxy: { do_checks: true, check_command: `test ! -e ${trouble}` } });
    bed.register(one);
    await bed.startServing(one);
    await writeFile(trouble, '');
    bed.register(two);
    await bed.expectServing(one, two);
    await eventually(() => expect(bed.logger.events()).to.include('config-refused'));
    await rm(trouble);
    await eventually(async () =>
      expect(await bed.haproxy.configText()).to.include(bed.serverName(two)),
    );
  });

  it('finishes what it began before it died: a server in its maintenance comes back', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    const node = bed.register(two);
    await bed.startServing(one, two);
    const slow = [request(`${bed.url}/slow?ms=1500`), request(`${bed.url}/slow?ms=1500`)];
    await bed.busyOn(two);
    bed.zookeeper.remove(bed.path, node);
    await eventually(async () => expect(await bed.server(two)).to.include({ admin: 'maint' }));
    await bed.synapse().stop();
    bed.register(two);
    bed.zookeeper.connect();
    await bed.startSynapse();
    await bed.expectServing(one, two);
    await Promise.all(slow);
  });

  it('starts from its state file while ZooKeeper is down', async () => {
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startServing(one);
    await bed.synapse().stop();
    await bed.haproxy.kill();
    await writeFile(bed.haproxy.configPath, '');
    await bed.startServing(one);
    await throughout(() => bed.serves(one), { durationMs: 300 });
    expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'one' });
  });

  it('starts all the same on a state file that is no state file', async () => {
    await writeFile(bed.statePath, '{"version":1,"services":{"web":[{"host":"a b"}]}}');
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startServing(one);
    expect(bed.logger.events()).to.include('state-file-unusable');
  });
});
