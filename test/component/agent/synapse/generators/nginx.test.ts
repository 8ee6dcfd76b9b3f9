import { connect } from 'node:net';
import { expect } from 'chai';
import { eventually } from '../../../../support/eventually.ts';
import { freePorts } from '../../../../support/free-ports.ts';
import { createTestNginx, type TestNginx } from '../../../../support/nginx.ts';
import { createSynapseBed, type SynapseBed } from '../../../../support/synapse-bed.ts';
import { request, startTraffic } from '../../../../support/traffic.ts';

describe('synapse with nginx', () => {
  let bed: SynapseBed;
  let nginx: TestNginx;
  let port = 0;
  let tcpPort = 0;
  let url = '';

  beforeEach(async () => {
    [port = 0, tcpPort = 0] = await freePorts(2);
    url = `http://127.0.0.1:${port}`;
    bed = await createSynapseBed();
    nginx = await createTestNginx();
    configure();
  });

  afterEach(async () => {
    await bed.destroy();
    await nginx.destroy();
  });

  function configure(own: object = {}): void {
    bed.configure({
      service: { nginx: { port, upstream: ['random'], ...own } },
      top: { nginx: nginx.input },
    });
  }

  async function answer(): Promise<string> {
    const { status, body } = await request(url);
    return status === 200 ? body : `status ${status}`;
  }

  async function statusOfNginx(): Promise<{ state: string; reason?: string }> {
    const { body } = await request(`${bed.apiUrl}/status`);
    return JSON.parse(body).generators.nginx;
  }

  it('starts it, follows the registry, and cuts no request by a reload', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    await bed.startSynapse();
    await eventually(async () => expect(await answer()).to.equal('one'));
    const slow = request(`${url}/slow?ms=600`);
    const traffic = startTraffic(url);
    bed.register(two);
    await eventually(() => expect([...traffic.answers.keys()].sort()).to.eql(['one', 'two']));
    expect(await slow).to.deep.equal({ status: 200, body: 'one' });
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(await statusOfNginx()).to.include({ state: 'current' });
  });

  it('takes settings from the registry, those that may come from there', async () => {
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startSynapse();
    await eventually(async () => expect(await answer()).to.equal('one'));
    const settings = { server_options: 'max_fails=0 weight=3', server: ['return 418'] };
    bed.zookeeper.setData(bed.path, JSON.stringify({ nginx: settings }));
    await eventually(async () =>
      expect(await nginx.configText()).to.include(`:${one.port} max_fails=0 weight=3;`),
    );
    await eventually(async () => expect(await statusOfNginx()).to.include({ state: 'current' }));
    expect(await nginx.configText()).not.to.include('418');
    expect(await answer()).to.equal('one');
    const refused = bed.logger.lines.filter(({ event }) => event === 'setting-refused');
    expect(refused.map(({ option, reason }) => `${option}: ${reason}`)).to.deep.equal([
      'nginx.server: takes trust_registry_config',
    ]);
  });

  it('answers 503 for a service that has no instance yet', async () => {
    const one = await bed.backend('one');
    await bed.startSynapse();
    await eventually(async () => expect(await answer()).to.equal('status 503'));
    bed.register(one);
    await eventually(async () => expect(await answer()).to.equal('one'));
  });

  it('keeps a server whose name has no address after a restart (law 2)', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.names.set('one.test', ['127.0.0.1']);
    bed.register(one, { host: 'one.test' });
    await bed.startSynapse();
    await eventually(async () => expect(await answer()).to.equal('one'));
    await bed.synapse().stop();
    bed.names.clear();
    bed.zookeeper.connect();
    await bed.startSynapse();
    bed.register(two);
    await eventually(async () =>
      expect(await nginx.configText()).to.include(`127.0.0.1:${two.port};`),
    );
    expect(await nginx.configText()).to.include(`127.0.0.1:${one.port};`);
  });

  it('reloads it when its text changed and not otherwise, in a later life neither', async () => {
    const one = await bed.backend('one');
    const node = bed.register(one);
    await bed.startSynapse();
    await eventually(async () => expect(await answer()).to.equal('one'));
    await eventually(async () => expect(await statusOfNginx()).to.include({ state: 'current' }));
    const [before, pid] = [await nginx.reloads(), await nginx.pid()];
    // The same host and port in a new node, as nerve registers what changed; and a restart.
    bed.register(one, { labels: { zone: 'a"; } evil {' } });
    bed.zookeeper.remove(bed.path, node);
    await bed.synapse().stop();
    bed.zookeeper.connect();
    await bed.startSynapse();
    await eventually(async () => expect(await statusOfNginx()).to.include({ state: 'current' }));
    expect([await nginx.reloads(), await nginx.pid()]).to.deep.equal([before, pid]);
    expect(await nginx.configText()).to.not.include('evil');
  });

  it('proxies connections of any protocol in the stream context', async () => {
    const one = await bed.backend('one');
    bed.register(one);
    configure({ mode: 'tcp', port: tcpPort, upstream: [] });
    await bed.startSynapse();
    const text = await eventually(() => firstLine(tcpPort));
    expect(text).to.equal('HTTP/1.1 200 OK');
  });

  it('keeps the old configuration where nginx refuses the new one; HAProxy goes on', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    await bed.startSynapse();
    await bed.haproxy.start();
    await eventually(async () => expect(await answer()).to.equal('one'));
    // The reload that brought the answer may still be on its way into the log.
    await eventually(async () => {
      expect(await statusOfNginx()).to.include({ state: 'current' });
      expect(await nginx.reloads()).to.be.above(0);
    });
    const [text, reloads] = [await nginx.configText(), await nginx.reloads()];
    configure({ server_options: 'no_such_word' });
    await bed.synapse().reload();
    await eventually(async () => {
      const { state, reason } = await statusOfNginx();
      expect(state).to.equal('failing');
      expect(reason).to.include('no_such_word');
    });
    bed.register(two);
    await bed.expectServing(one, two);
    expect([await nginx.configText(), await answer()]).to.deep.equal([text, 'one']);
    expect(await nginx.reloads()).to.equal(reloads);
    const { body } = await request(`${bed.apiUrl}/health`);
    expect(JSON.parse(body)).to.include({ status: 'degraded', generators: 'failing' });
    configure();
    await bed.synapse().reload();
    await eventually(async () => expect(await answer()).to.equal('two'));
  });

  it('starts it again when a reload finds that it is gone', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    const node = bed.register(one);
    await bed.startSynapse();
    await eventually(async () => expect(await answer()).to.equal('one'));
    await nginx.kill();
    bed.register(two);
    bed.zookeeper.remove(bed.path, node);
    await eventually(async () => expect(await answer()).to.equal('two'));
    await eventually(async () => expect(await statusOfNginx()).to.include({ state: 'current' }));
  });

  it('leaves file and nginx alone while it knows of no instance, after a restart', async () => {
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startSynapse();
    await eventually(async () => expect(await answer()).to.equal('one'));
    await bed.synapse().stop();
    bed.zookeeper.disconnect();
    bed.configure({
      service: { nginx: { port, upstream: ['random'] } },
      top: { nginx: nginx.input, state_path: `${bed.statePath}.lost` },
    });
    await bed.startSynapse();
    await eventually(async () =>
      expect(await statusOfNginx()).to.deep.include({
        state: 'waiting',
        reason: 'instances of web',
      }),
    );
    expect(await answer()).to.equal('one');
  });
});

/** What a server answers to a request by hand. */
function firstLine(port: number): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const socket = connect(port, '127.0.0.1', () => socket.write('GET / HTTP/1.0\r\n\r\n'));
  socket.once('data', (data) => {
    socket.destroy();
    resolve(data.toString('latin1').split('\r\n')[0] ?? '');
  });
  socket.once('error', reject);
  return promise;
}
