import { access, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ApiAnswer, ask } from '../../../support/api-client.ts';
import { during, eventually } from '../../../support/eventually.ts';
import { freePorts } from '../../../support/free-ports.ts';
import { type HealthServer, startHealthServer } from '../../../support/health-server.ts';
import {
  createNerveBed,
  type NerveBed,
  type RunningNerve,
  registrationOf,
} from '../../../support/nerve-bed.ts';
import { faultsOfOpenApi } from '../../../support/openapi-faults.ts';
import { parsePrometheus } from '../../../support/prometheus-text.ts';
import { startUdpServer } from '../../../support/udp-server.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';

describe("nerve's lifecycle API", function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let bed: NerveBed;
  let running: RunningNerve;
  let socket: string;
  let apiPort = 0;
  let extra: HealthServer;

  before(async () => {
    ensemble = await startEnsemble(1);
  });
  after(() => ensemble.stop());
  const writeMain = (changes: object = {}): Promise<void> =>
    bed.writeMain({
      api_port: apiPort,
      api_socket: socket,
      state_path: join(bed.directory, 'nerve.state.json'),
      dynamic_registration: {
        host: '127.0.0.1',
        zk_hosts: ensemble.hosts,
        zk_path: bed.zkPath.replace(/[^/]+(?=\/services$)/, '{service}'),
      },
      ...changes,
    });
  beforeEach(async () => {
    bed = await createNerveBed(ensemble.hosts);
    extra = await startHealthServer();
    [apiPort = 0] = await freePorts(1);
    socket = join(bed.directory, 'nerve.sock');
    await writeMain();
    await bed.writeService('web', bed.service({ weight: 100 }));
    running = await bed.start({ isBeingRestarted: true });
    await bed.onlyRegistration(registrationOf(bed));
  });
  afterEach(async () => {
    await bed.close();
    await extra.close();
  });

  /** The dynamic service's name in the bed's path. */
  const serviceOfBed = (): string => bed.zkPath.split('/').at(-2) ?? '';
  const post = (path: string, body?: object): Promise<ApiAnswer> => send('POST', path, body);
  const send = async (method: string, path: string, body?: object): Promise<ApiAnswer> => {
    const answer = await ask(socket, path, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    expect(answer.status, answer.text).to.be.oneOf([200, 204]);
    return answer;
  };
  const restart = async (): Promise<void> => {
    await running.nerve.stop();
    running = await bed.start({ isBeingRestarted: true });
  };
  const portsOf = async (): Promise<readonly unknown[]> =>
    Object.values(await bed.registrations())
      .map((data) => (typeof data === 'object' && data && 'port' in data ? data.port : undefined))
      .sort();

  it('drains a service with a reason, over a restart, until it is enabled', async () => {
    const answer = await post('/services/web/drain', { reason: 'disk full' });
    expect(answer.json()).to.deep.include({ wanted: 'down', withheld: 'drained: disk full' });
    await bed.noRegistration();
    await restart();
    await eventually(() => expect(running.nerve.status.services[0]?.health).to.equal('up'));
    expect(await bed.registrations()).to.deep.equal({});
    await post('/services/web/enable');
    await bed.onlyRegistration(registrationOf(bed));
  });

  it('announces a drain beside the node that goes', async () => {
    const child = await bed.onlyRegistration();
    await post('/services/web/drain', { reason: 'disk full' });
    await bed.noRegistration();
    const announced = await bed.observer.read(`${bed.zkPath}_departed/${child}`);
    expect(JSON.parse(announced?.data.toString() ?? '')).to.deep.include({ reason: 'drained' });
  });

  it('ends a drain when its time is over', async () => {
    await post('/services/web/drain', { duration_seconds: 0.3 });
    await bed.noRegistration();
    await bed.onlyRegistration(registrationOf(bed));
  });

  it('drains and enables the whole host', async () => {
    await bed.writeService('other', bed.service({ host: '127.0.0.2', checks: [] }));
    await eventually(async () => expect(await portsOf()).to.have.length(2));
    await post('/host/drain', { reason: 'kernel' });
    await bed.noRegistration();
    await restart();
    await eventually(() => expect(running.nerve.status.services[0]?.health).to.equal('up'));
    expect(await bed.registrations()).to.deep.equal({});
    await post('/host/enable');
    await eventually(async () => expect(await portsOf()).to.have.length(2));
  });

  it('lets a service say that it is not well, and well again', async () => {
    await post('/services/web/unhealthy', { reason: 'cache cold' });
    await bed.noRegistration();
    await post('/services/web/healthy');
    await bed.onlyRegistration(registrationOf(bed));
  });

  it('gives another weight in one step, and the configured one back', async () => {
    const before = await bed.onlyRegistration({ weight: 100 });
    const changed = async (): Promise<void> => {
      await send('PUT', '/services/web/weight', { weight: 7 });
      expect(await bed.onlyRegistration({ weight: 7 })).not.to.equal(before);
      await send('DELETE', '/services/web/weight');
      await bed.onlyRegistration({ weight: 100 });
    };
    await during(changed(), async () => {
      expect(Object.keys(await bed.registrations())).to.have.length(1);
    });
  });

  it('publishes a downtime, drains before it, leaves for it, and comes back', async () => {
    await send('PUT', '/services/web/downtime', {
      reason: 'reboot',
      starts_in_seconds: 4,
      drain_seconds: 2,
      duration_seconds: 2,
    });
    const announced = await bed.onlyRegistration({ weight: 100 });
    const data = Object.values(await bed.registrations())[0];
    expect(data).to.have.property('downtime_at').that.is.a('number');
    expect(await bed.onlyRegistration({ weight: 0, draining: true })).not.to.equal(announced);
    await bed.noRegistration();
    await bed.onlyRegistration({ weight: 100 });
    expect(Object.values(await bed.registrations())[0]).not.to.have.property('downtime_at');
  });

  it('raises the weight while an instance warms up', async () => {
    await bed.writeService('web', bed.service({ weight: 100, warm_up_seconds: 5 }));
    await running.nerve.reload();
    bed.backend.respond(500);
    await bed.noRegistration();
    bed.backend.respond(200);
    await eventually(async () => {
      const [data] = Object.values(await bed.registrations());
      expect(data).to.have.property('weight').that.is.below(100);
    });
    await bed.onlyRegistration({ weight: 100 });
  });

  it('checks at once when it is told that a process has ended', async () => {
    await bed.writeService('web', bed.service({ check_interval: 3_600, fast_interval: 0.05 }));
    await running.nerve.reload();
    await eventually(() => expect(running.nerve.status.services[0]?.health).to.equal('up'));
    bed.backend.respond(500);
    await post('/services/web/check');
    await bed.noRegistration();
  });

  it('waits for pre_up before it registers, and for pre_down before it leaves', async () => {
    const ready = join(bed.directory, 'ready');
    const left = join(bed.directory, 'left');
    await bed.writeService(
      'web',
      bed.service({
        pre_up: { command: ['/usr/bin/test', '-e', ready] },
        pre_down: { command: ['/usr/bin/touch', left] },
      }),
    );
    await running.nerve.reload();
    await post('/services/web/drain');
    await bed.noRegistration();
    await access(left);
    await post('/services/web/enable');
    await eventually(() => expect(running.logger.events()).to.include('pre-up-failed'));
    expect(await bed.registrations()).to.deep.equal({});
    await writeFile(ready, '');
    await bed.onlyRegistration(registrationOf(bed));
  });

  for (const [title, leave] of [
    ['is drained', () => post('/services/web/drain')],
    ['is removed', () => bed.removeService('web').then(() => running.nerve.reload())],
  ] as const) {
    it(`lets an instance go at once that fails while it ${title}, whatever pre_down does`, async () => {
      const [begun, go] = [join(bed.directory, 'begun'), join(bed.directory, 'go')];
      const script = `touch ${begun}; until [ -e ${go} ]; do sleep 0.05; done`;
      const pre_down = { command: ['/bin/sh', '-c', script], timeout: 50 };
      await bed.writeService('web', bed.service({ pre_down }));
      await running.nerve.reload();
      const leaving = leave();
      await eventually(() => access(begun));
      expect(await bed.registrations()).not.to.deep.equal({});
      bed.backend.respond(500);
      await bed.noRegistration();
      await writeFile(go, '');
      await leaving;
    });
  }

  it('has a service that was removed until it has left', async () => {
    const go = join(bed.directory, 'go');
    const command = ['/bin/sh', '-c', `until [ -e ${go} ]; do sleep 0.05; done`];
    await bed.writeService('web', bed.service({ weight: 100, pre_down: { command } }));
    await running.nerve.reload();
    await bed.removeService('web');
    await during(running.nerve.reload(), async () => {
      const isThere = (await ask(socket, '/services/web')).status === 200;
      if (!isThere) expect(await bed.registrations()).to.deep.equal({});
      else if (running.logger.events().includes('service-removed')) await writeFile(go, '');
    });
    expect((await ask(socket, '/services/web')).status).to.equal(404);
    expect(await bed.registrations()).to.deep.equal({});
  });

  describe('dynamic registration', () => {
    const register = (changes: object = {}): Promise<ApiAnswer> =>
      send('PUT', '/registrations/extra', {
        service: serviceOfBed(),
        port: extra.port,
        expires_after_seconds: 3_600,
        ...changes,
      });
    const both = (): Promise<void> =>
      eventually(async () =>
        expect(await portsOf()).to.deep.equal([bed.backend.port, extra.port].sort()),
      ).then(() => undefined);

    it('registers, over a restart, until it is deleted', async () => {
      await register();
      await both();
      await restart();
      await eventually(() => expect(running.nerve.status.services).to.have.length(2));
      await both();
      await send('DELETE', '/registrations/extra');
      await bed.onlyRegistration(registrationOf(bed));
    });

    it('ends when it is not renewed', async () => {
      await register({ expires_after_seconds: 1 });
      await both();
      await bed.onlyRegistration(registrationOf(bed));
      expect(running.logger.events()).to.include('dynamic-registration-expired');
      const answer = await ask(socket, '/registrations/extra/renew', { method: 'POST' });
      expect(answer.status).to.equal(404);
    });

    it('follows its checks', async () => {
      await register({
        expires_after_seconds: undefined,
        check_interval: 0.05,
        checks: [{ type: 'http', uri: '/health', timeout: 1 }],
      });
      await both();
      extra.respond(500);
      await bed.onlyRegistration(registrationOf(bed));
    });

    for (const [title, name, changes, status, message] of [
      ['the name of a configured service', 'web', {}, 409, 'configured service'],
      ['a program to run', 'x', { checks: [{ type: 'exec', command: ['id'] }] }, 422, 'checks'],
      ['no end', 'x', { expires_after_seconds: undefined }, 422, 'nothing would ever'],
    ] as const) {
      it(`refuses ${title}`, async () => {
        const body = { service: 'a', port: 1, expires_after_seconds: 1, ...changes };
        const answer = await ask(socket, `/registrations/${name}`, {
          method: 'PUT',
          body: JSON.stringify(body),
        });
        expect(answer.status, answer.text).to.equal(status);
        expect(answer.text).to.include(message);
      });
    }

    it('refuses the instance of a configured service, and keeps what was there', async () => {
      const body = { service: serviceOfBed(), port: bed.backend.port, expires_after_seconds: 9 };
      const answer = await ask(socket, '/registrations/twin', {
        method: 'PUT',
        body: JSON.stringify(body),
      });
      expect(answer.status, answer.text).to.equal(409);
      expect((await ask(socket, '/registrations')).json()).to.deep.equal({});
      await bed.onlyRegistration(registrationOf(bed));
    });

    it('is off where the configuration says nothing of it', async () => {
      await writeMain({ dynamic_registration: undefined });
      await running.nerve.reload();
      const body = JSON.stringify({ service: 'a', port: 1, expires_after_seconds: 1 });
      const answer = await ask(socket, '/registrations/x', { method: 'PUT', body });
      expect(answer.status).to.equal(403);
    });
  });

  it('changes nothing over TCP', async () => {
    const port = running.nerve.apiPort ?? 0;
    for (const path of ['/services/web/drain', '/host/drain', '/services/web/check']) {
      const answer = await ask(port, path, { method: 'POST', headers: { host: 'localhost' } });
      expect(answer.status).to.equal(403);
      expect(answer.text).to.include(socket);
    }
    expect((await ask(port, '/services/web')).json()).to.deep.include({ wanted: 'up' });
  });

  it('describes itself for programs', async () => {
    const { status, text } = await ask(socket, '/openapi.json');
    expect(status).to.equal(200);
    expect(faultsOfOpenApi(JSON.parse(text))).to.deep.equal([]);
    expect(text).to.include('/registrations/{name}').and.include('expires_after_seconds');
  });

  it('says clearly what it does not know', async () => {
    for (const [method, path, status] of [
      ['POST', '/services/nobody/drain', 404],
      ['GET', '/services/__proto__', 404],
      ['PUT', '/services/web/weight', 422],
      ['DELETE', '/services/web', 405],
    ] as const) {
      expect((await ask(socket, path, { method })).status, path).to.equal(status);
    }
  });

  it('shows recent events with their reasons', async () => {
    await post('/services/web/drain', { reason: 'disk full' });
    await bed.noRegistration();
    const events = (await ask(socket, '/events?service=web')).text;
    expect(events).to.include('service-withheld').and.include('drained: disk full');
    expect(events).to.include('service-up').and.include('deregistered');
  });

  it('is ready once every registry says what was found out', async () => {
    await eventually(async () =>
      expect((await ask(socket, '/ready')).json()).to.deep.equal({ ready: true }),
    );
  });

  it('has metrics for Prometheus', async () => {
    const { text } = await ask(socket, '/metrics');
    const metrics = parsePrometheus(text);
    expect(metrics.samples('nerve_service_up')).to.deep.equal([
      { labels: { service: 'web' }, value: 1 },
    ]);
    expect(metrics.samples('nerve_checks_total')[0]?.labels).to.deep.include({ result: 'pass' });
    expect(metrics.samples('nerve_service_registered')[0]).to.deep.include({ value: 1 });
  });

  it("sends the original's metrics to statsd", async () => {
    const server = await startUdpServer();
    try {
      await writeMain({ statsd: { host: '127.0.0.1', port: server.port } });
      await running.nerve.reload();
      await eventually(() => {
        const sent = server.lines().join('\n');
        expect(sent).to.include('nerve.config.update:1|c');
        expect(sent).to.match(
          /nerve\.watcher\.status\.service_check:1\|c\|#check_result:up,service_name:web/,
        );
      });
      bed.backend.respond(500);
      await eventually(() => {
        expect(server.lines()).to.include(
          'nerve.watcher.status.transition:1|c|#new_status:down,service_name:web',
        );
        expect(server.lines().join('\n')).to.match(
          /nerve\.reporter\.zk\.delete\.elapsed_time:[\d.]+\|ms\|#zk_cluster:/,
        );
      });
    } finally {
      await server.close();
    }
  });
});
