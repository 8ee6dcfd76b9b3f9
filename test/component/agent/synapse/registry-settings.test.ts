/** Settings for HAProxy from the registry, on a real HAProxy. */
import { expect } from 'chai';
import type { TestBackend } from '../../../support/backend.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

describe('settings for HAProxy from the registry', () => {
  let bed: SynapseBed;
  let backend: TestBackend;

  beforeEach(async () => {
    bed = await createSynapseBed();
    backend = await bed.backend('a');
    bed.register(backend);
  });

  afterEach(() => bed.destroy());

  const publish = (haproxy: object | undefined): void =>
    bed.zookeeper.setData(bed.path, haproxy && JSON.stringify({ haproxy }));
  const serverLine = async (): Promise<string> => {
    const text = await bed.haproxy.configText();
    return text.split('\n').find((line) => /^\s+server /.test(line)) ?? '';
  };
  const hasLine = (pattern: RegExp): Promise<unknown> =>
    eventually(async () => expect(await serverLine()).to.match(pattern));
  const fileText = /check inter 200ms rise 2 fall 2$/;
  const refused = (): readonly unknown[] =>
    bed.logger.lines
      .filter(({ event }) => event === 'setting-refused')
      .map(({ option, reason }) => `${option}: ${reason}`);
  it('are there with the first text, change by one reload, and go with the node', async () => {
    publish({ server_options: 'check inter 300ms' });
    await bed.startServing(backend);
    expect(await serverLine()).to.match(/check inter 300ms$/);
    const traffic = bed.startTraffic();
    publish({ server_options: 'check inter 400ms' });
    await hasLine(/check inter 400ms$/);
    await bed.expectServing(backend);
    publish(undefined);
    await hasLine(fileText);
    await bed.expectServing(backend);
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'a' });
  });

  it('are refused where they are bad, named, and the rest serves', async () => {
    publish({
      server_options: 'check inter 300ms',
      listen: ['http-request deny'],
      backend_order: 'none',
    });
    await bed.startServing(backend);
    expect(await serverLine()).to.match(/check inter 300ms$/);
    expect(await bed.haproxy.configText()).to.not.include('deny');
    expect(refused()).to.deep.equal([
      'haproxy.listen: takes trust_registry_config',
      'haproxy.backend_order: has no legal value',
    ]);
    const web = async (): Promise<object> => {
      return JSON.parse((await request(`${bed.apiUrl}/services/web`)).body);
    };
    expect(await web()).to.deep.include({
      refused_settings: [
        { option: 'haproxy.listen', reason: 'takes trust_registry_config' },
        { option: 'haproxy.backend_order', reason: 'has no legal value' },
      ],
    });
    const { body: metrics } = await request(`${bed.apiUrl}/metrics`);
    expect(metrics).to.include('\nsynapse_refused_settings{service="web"} 2\n');
    publish({ server_options: 'check resolvers dns' });
    await hasLine(fileText);
    publish(undefined);
    await eventually(async () => expect(await web()).to.deep.include({ refused_settings: [] }));
    expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'a' });
  });

  it('may be raw lines where they are trusted, and those that HAProxy refuses stay out', async () => {
    bed.configure({ service: { trust_registry_config: true } });
    publish({ listen: ['http-request return status 418'] });
    await bed.startServing(backend);
    expect(await request(bed.url)).to.include({ status: 418 });
    publish({ listen: ['http-request nonsense'] });
    await eventually(() => expect(refused()).to.deep.equal(['all: HAProxy does not take them']));
    await eventually(async () => expect(await request(bed.url)).to.include({ status: 200 }));
    publish({ listen: ['http-request return status 419'] });
    await eventually(async () => expect(await request(bed.url)).to.include({ status: 419 }));
    // A reload of the file keeps them.
    await bed.synapse().reload();
    await throughout(async () => expect(await request(bed.url)).to.include({ status: 419 }), {
      durationMs: 500,
    });
  });

  it('outlive a restart of synapse without ZooKeeper, and HAProxy is left alone', async () => {
    publish({ server_options: 'check inter 300ms' });
    await bed.startServing(backend);
    const { pid } = await bed.haproxy.info();
    await bed.synapse().stop();
    // Its registry does not answer.
    await bed.startSynapse();
    await throughout(async () => expect((await bed.haproxy.info()).pid).to.equal(pid), {
      durationMs: 1_000,
    });
    expect(await serverLine()).to.match(/check inter 300ms$/);
    bed.zookeeper.connect();
    await throughout(async () => expect((await bed.haproxy.info()).pid).to.equal(pid), {
      durationMs: 500,
    });
  });

  it('that change all the time reload no more often than restart_interval says', async () => {
    bed.configure({ haproxy: { restart_interval: 1 } });
    await bed.startServing(backend);
    const pids = new Set<number>();
    let round = 0;
    await throughout(
      async () => {
        round += 1;
        publish({ server_options: `check inter ${300 + round}ms` });
        pids.add((await bed.haproxy.info().catch(() => ({ pid: 0 }))).pid);
      },
      { durationMs: 3_000 },
    );
    await hasLine(new RegExp(`inter ${300 + round}ms$`));
    expect([...pids].filter((pid) => pid !== 0).length).to.be.lessThan(6);
  });
});
