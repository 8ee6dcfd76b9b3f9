import { expect } from 'chai';
import { type ApiAnswer, ask } from '../../../support/api-client.ts';
import type { TestBackend } from '../../../support/backend.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { faultsOfOpenApi } from '../../../support/openapi-faults.ts';
import { parsePrometheus } from '../../../support/prometheus-text.ts';
import { oddTargets, requestText, sendRaw } from '../../../support/raw-request.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';
import { startUdpServer } from '../../../support/udp-server.ts';

interface ShownInstance {
  readonly server: string;
  readonly origin: string;
  readonly guarded: object | null;
  readonly pinned: { readonly reason: string; readonly by: string; readonly until: string } | null;
  readonly taken_out: { readonly mode: string; readonly reason: string } | null;
  readonly haproxy?: { readonly admin: string; readonly up: boolean; readonly weight: number };
}

describe("synapse's lifecycle API", () => {
  let bed: SynapseBed;
  let one: TestBackend;
  let two: TestBackend;
  let nodes: readonly string[] = [];

  beforeEach(async () => {
    bed = await createSynapseBed();
    [one, two] = [await bed.backend('one'), await bed.backend('two')];
    nodes = [bed.register(one), bed.register(two)];
    await bed.startServing(one, two);
  });

  afterEach(() => bed.destroy());

  const apiPort = (): number => Number(new URL(bed.apiUrl).port);
  const get = (path: string): Promise<ApiAnswer> => ask(apiPort(), path);
  const post = async (path: string, body?: object): Promise<ApiAnswer> => {
    const text = body === undefined ? {} : { body: JSON.stringify(body) };
    const answer = await ask(bed.apiSocket, path, { method: 'POST', ...text });
    expect(answer.status, answer.text).to.equal(200);
    return answer;
  };
  const instances = async (): Promise<readonly ShownInstance[]> => {
    const { instances: shown } = Object((await get('/services/web')).json());
    return shown;
  };
  const shown = async (backend: TestBackend): Promise<ShownInstance | undefined> =>
    (await instances()).find(({ server }) => server === bed.serverName(backend));
  const decide = (backend: TestBackend, what: string, body?: object): Promise<ApiAnswer> =>
    post(`/services/web/instances/${encodeURIComponent(bed.serverName(backend))}/${what}`, body);
  const restart = async (): Promise<void> => {
    await bed.synapse().stop();
    bed.zookeeper.connect();
    await bed.startSynapse();
  };

  it('shows where each instance is known from, and what HAProxy says of it', async () => {
    const wanted = [one, two].map((backend) => ({
      server: bed.serverName(backend),
      host: '127.0.0.1',
      port: backend.port,
      name: backend.name,
      labels: {},
      draining: false,
      origin: 'registry',
      guarded: null,
      pinned: null,
      taken_out: null,
      haproxy: { admin: 'ready', up: true, weight: 1, check: 'passing' },
    }));
    await eventually(async () => expect(await instances()).to.deep.equal(wanted));
    expect((await get('/services/nobody')).status).to.equal(404);
    expect(Object.keys(Object((await get('/services')).json()))).to.deep.equal(['web']);
  });

  it('takes an instance out for maintenance, over a restart, until it is enabled', async () => {
    const traffic = bed.startTraffic();
    const answer = await decide(two, 'maintenance', { reason: 'disk full', by: 'eve' });
    expect(answer.json()).to.have.property('instances');
    await bed.expectServing(one);
    expect((await shown(two))?.taken_out).to.deep.include({
      mode: 'maintenance',
      reason: 'disk full',
      by: 'eve',
      until: null,
    });
    await restart();
    await throughout(() => bed.serves(one), { durationMs: 500 });
    await decide(two, 'enable');
    await bed.expectServing(one, two);
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
  });

  it('answers when HAProxy has it, and the file of the next one', async () => {
    for (const [what, weight] of [
      ['drain', 0],
      ['enable', 1],
    ] as const) {
      await decide(two, what);
      expect(await bed.server(two)).to.include({ weight });
      const text = await bed.haproxy.configText();
      const line = text.split('\n').find((one) => one.includes(` ${bed.serverName(two)} `));
      expect(line?.includes(' weight 0'), text).to.equal(what === 'drain');
    }
  });

  it('drains an instance, which serves all the same while no other is up', async () => {
    await decide(two, 'drain');
    await eventually(async () => expect(await bed.server(two)).to.include({ weight: 0 }));
    one.setHealthy(false);
    await eventually(async () => expect(await bed.server(one)).to.include({ up: false }));
    await eventually(async () => expect((await request(bed.url)).body).to.equal('two'));
    one.setHealthy(true);
    await eventually(async () => {
      expect(await bed.server(one)).to.include({ up: true });
      expect(await bed.server(two)).to.include({ weight: 0 });
    });
  });

  it('ends what was decided for a time', async () => {
    await decide(two, 'maintenance', { duration_seconds: 0.5 });
    await bed.expectServing(one);
    await bed.expectServing(one, two);
    expect((await shown(two))?.taken_out).to.equal(null);
  });

  it('keeps what is pinned though the registry lost it, over a restart', async () => {
    await decide(two, 'pin', { reason: 'registry is down', by: 'eve', duration_seconds: 3_600 });
    bed.zookeeper.depart(bed.path, nodes[1] ?? '', 'stopped');
    await eventually(async () => expect((await shown(two))?.origin).to.equal('pinned'));
    await restart();
    await throughout(() => bed.serves(one, two), { durationMs: 500 });
    expect((await shown(two))?.pinned).to.deep.include({ reason: 'registry is down', by: 'eve' });
    await decide(two, 'unpin');
    await bed.expectServing(one);
  });

  it('takes no change but on its socket, for what there is, in the form that it says', async () => {
    const path = (server: string, what = 'drain'): string =>
      `/services/web/instances/${encodeURIComponent(server)}/${what}`;
    const own = path(bed.serverName(one));
    expect((await ask(apiPort(), own, { method: 'POST' })).status).to.equal(403);
    const status = async (target: string, body?: string): Promise<number | undefined> => {
      const rest = body === undefined ? {} : { body };
      return (await ask(bed.apiSocket, target, { method: 'POST', ...rest })).status;
    };
    expect(await status(path('nobody_127.0.0.1:1'))).to.equal(404);
    expect(await status(path('one\n; shutdown'))).to.equal(404);
    expect(await status(path('../../x', 'pin'))).to.equal(404);
    expect(await status('/services/none/instances/x/drain')).to.equal(404);
    expect(await status(own, '{')).to.equal(400);
    expect(await status(own, '[]')).to.equal(422);
    expect(await status(own, '{"reason":"a\\nb"}')).to.equal(422);
    expect(await status(own, '{"duration_seconds":-1}')).to.equal(422);
    expect(await status(own, '{"__proto__":{"reason":1}}')).to.be.oneOf([200, 422]);
    expect(await status(own, `{"reason":"${'x'.repeat(201)}"}`)).to.equal(422);
    for (const target of oddTargets) {
      expect(await sendRaw(apiPort(), requestText(target)), target).to.match(/ 404 /);
    }
    await eventually(async () => {
      expect((await get('/health')).json()).to.include({ status: 'ok' });
    });
  });

  it('is ready when HAProxy has what is known', async () => {
    await eventually(async () => {
      expect((await get('/ready')).json()).to.deep.equal({ ready: true });
    });
    await bed.haproxy.kill();
    await eventually(async () => expect((await get('/ready')).status).to.equal(503));
  });

  it('tells what happened, and why', async () => {
    await decide(two, 'maintenance', { reason: 'disk full', by: 'eve' });
    await bed.expectServing(one);
    const events = Object((await get('/events?service=web')).json());
    expect(events.map(({ event }: { event: string }) => event)).to.include.members([
      'service-found',
      'instance-maintenance',
    ]);
    const { changes } = Object((await get('/status')).json());
    expect(
      changes.find(({ event }: { event: string }) => event === 'retire-server'),
    ).to.deep.include({
      detail: {
        backend: 'web',
        server: bed.serverName(two),
        cause: 'taken out by eve: disk full',
      },
    });
  });

  it('describes itself', async () => {
    expect(faultsOfOpenApi((await get('/openapi.json')).json())).to.deep.equal([]);
  });

  it('counts for Prometheus', async () => {
    bed.zookeeper.depart(bed.path, nodes[1] ?? '', 'drained');
    await bed.expectServing(one);
    await decide(one, 'pin');
    const text = parsePrometheus((await get('/metrics')).text);
    const service = 'web';
    const value = (name: string, labels: object): number | undefined =>
      text.samples(name).find((sample) => JSON.stringify(sample.labels) === JSON.stringify(labels))
        ?.value;
    expect(value('synapse_services', {})).to.equal(1);
    expect(value('synapse_instances', { service, origin: 'registry' })).to.equal(1);
    expect(value('synapse_servers', { service, state: 'up' })).to.equal(1);
    expect(value('synapse_departures_total', { service, reason: 'drained' })).to.equal(1);
    expect(value('synapse_decided_instances', { service, decision: 'pinned' })).to.equal(1);
    expect(value('synapse_listings_total', { service })).to.be.greaterThan(1);
    expect(value('synapse_reads_total', { service })).to.be.greaterThan(1);
    expect(value('synapse_steps_total', { step: 'retire-server', result: 'done' })).to.equal(1);
    expect(value('synapse_proxy_running', {})).to.equal(1);
    expect(value('synapse_registry_connected', { hosts: '127.0.0.1:2181' })).to.equal(1);
    expect(value('synapse_change_applied_seconds_count', {})).to.be.greaterThan(0);
    expect(value('synapse_guarded_instances', { service })).to.equal(0);
  });

  it("tells statsd under the original's names, in the shares that are wanted", async () => {
    // Not where the default host is.
    const host = '127.0.0.2';
    const server = await startUdpServer(host);
    const sample_rate = { 'synapse.watcher.ping.count': 0 };
    bed.configure({ top: { statsd: { host, port: server.port, sample_rate } } });
    await restart();
    bed.zookeeper.depart(bed.path, nodes[1] ?? '', 'drained');
    await bed.expectServing(one);
    const names = (): readonly string[] =>
      server.lines().map((line) => line.slice(0, line.indexOf(':')));
    await eventually(() => {
      expect(names()).to.include.members([
        'synapse.start',
        'synapse.watchers.start.time',
        'synapse.watcher.start',
        'synapse.main_loop.elapsed_time',
        'synapse.watcher.zk.discovery',
        'synapse.watcher.zk.children.elapsed_time',
        'synapse.watcher.zk.children.bytes',
        'synapse.watcher.zk.get.elapsed_time',
        'synapse.haproxy.check_config',
      ]);
    });
    expect(server.lines().find((line) => line.startsWith('synapse.watcher.zk.discovery'))).to.equal(
      `synapse.watcher.zk.discovery:1|c|#zk_cluster:127.0.0.1_2181,zk_path:${bed.path},service_name:web`,
    );
    await bed.synapse().stop();
    await eventually(() => expect(names()).to.include('synapse.stop'));
    expect(names()).not.to.include('synapse.watcher.ping.count');
    await server.close();
  });
});
