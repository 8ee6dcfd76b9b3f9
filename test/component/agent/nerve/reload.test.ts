import { access, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ask } from '../../../support/api-client.ts';
import { during, eventually, throughout } from '../../../support/eventually.ts';
import { freePorts } from '../../../support/free-ports.ts';
import { createNerveBed, type NerveBed, registrationOf } from '../../../support/nerve-bed.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';

describe('nerve, when its configuration changes', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let bed: NerveBed;

  before(async () => {
    ensemble = await startEnsemble(1);
  });
  after(() => ensemble.stop());
  beforeEach(async () => {
    bed = await createNerveBed(ensemble.hosts);
    await bed.writeService('web', bed.service());
  });
  afterEach(() => bed.close());

  it('touches nothing on a reload without a change', async () => {
    const { nerve, logger } = await bed.start();
    const before = await bed.onlyRegistration();
    const events = logger.events().length;
    await nerve.reload();
    await nerve.reload();
    expect(await bed.onlyRegistration()).to.equal(before);
    expect(logger.events().slice(events)).to.deep.equal([]);
  });

  it('says once of an option without effect that it has none', async () => {
    await bed.writeMain({ max_repeated_report_failures: 3 });
    const { nerve, logger } = await bed.start();
    await nerve.reload();
    const said = logger.lines.filter(({ event }) => event === 'option-without-effect');
    expect(said).to.deep.equal([
      { level: 'warn', event: 'option-without-effect', option: 'max_repeated_report_failures' },
    ]);
  });

  it('says of an option that only a restart takes in that it does', async () => {
    const { nerve, logger } = await bed.start();
    const before = await bed.onlyRegistration();
    await bed.writeMain({ zk_session_timeout_ms: 7_000 });
    await nerve.reload();
    await nerve.reload();
    expect(logger.lines.filter(({ event }) => event === 'option-needs-restart')).to.deep.equal([
      { level: 'warn', event: 'option-needs-restart', option: 'zk_session_timeout_ms' },
    ]);
    expect(await bed.onlyRegistration()).to.equal(before);
  });

  it('keeps a drain when the instance moves, though nothing outlives a restart', async () => {
    const api_socket = join(bed.directory, 'nerve.sock');
    await bed.writeMain({ api_socket });
    const { nerve } = await bed.start();
    await bed.onlyRegistration();
    const body = JSON.stringify({ reason: 'disk full' });
    await ask(api_socket, '/services/web/drain', { method: 'POST', body });
    await bed.noRegistration();
    const [port] = await freePorts(1);
    await bed.writeService('web', bed.service({ port, checks: [] }));
    await nerve.reload();
    expect(await bed.registrations()).to.deep.equal({});
    await ask(api_socket, '/services/web/enable', { method: 'POST' });
    await bed.onlyRegistration({ port });
  });

  it('reports to several places at once, and touches none but those that change', async () => {
    const { zk_hosts, zk_path, ...instance } = { zk_hosts: [], zk_path: '', ...bed.service() };
    const zookeeper = { reporter_type: 'zookeeper', zk_hosts, zk_path };
    const fileAt = (name: string) => ({
      reporter_type: 'file',
      file_path: join(bed.directory, name),
    });
    const isThere = (name: string): Promise<boolean> =>
      access(join(bed.directory, name)).then(
        () => true,
        () => false,
      );
    await bed.writeService('web', { ...instance, reporters: [zookeeper, fileAt('a')] });
    const { nerve } = await bed.start();
    const before = await bed.onlyRegistration();
    await eventually(async () => expect(await isThere('a')).to.equal(true));
    await bed.writeService('web', { ...instance, reporters: [zookeeper, fileAt('b')] });
    await nerve.reload();
    await eventually(async () => expect(await isThere('b')).to.equal(true));
    expect(await isThere('a')).to.equal(false);
    expect(await bed.onlyRegistration()).to.equal(before);
    bed.backend.respond(500);
    await bed.noRegistration();
    await eventually(async () => expect(await isThere('b')).to.equal(false));
  });

  it('touches no registration when members of its ensemble come and go', async () => {
    const { nerve, logger } = await bed.start();
    const before = await bed.onlyRegistration();
    const [port] = await freePorts(1);
    for (const zk_hosts of [[`127.0.0.1:${port}`, ...ensemble.hosts], ensemble.hosts]) {
      await bed.writeService('web', bed.service({ zk_hosts }));
      await during(nerve.reload(), async () => {
        expect(Object.keys(await bed.registrations())).to.deep.equal([before]);
      });
      await throughout(
        async () => expect(Object.keys(await bed.registrations())).to.deep.equal([before]),
        { durationMs: 300 },
      );
      expect(nerve.status.registry).to.deep.equal([
        { hosts: zk_hosts.toSorted().join(), state: 'connected' },
      ]);
    }
    expect(logger.events().filter((event) => event.endsWith('registered'))).to.deep.equal([
      'registered',
    ]);
  });

  it('changes checks without touching the registration', async () => {
    const { nerve } = await bed.start();
    const before = await bed.onlyRegistration();
    const checks = [{ type: 'tcp', timeout: 1 }];
    await bed.writeService('web', bed.service({ checks, check_interval: 0.02 }));
    await nerve.reload();
    await throughout(
      async () => expect(Object.keys(await bed.registrations())).to.deep.equal([before]),
      { durationMs: 300 },
    );
    expect(nerve.status.services[0]?.checks[0]?.name).to.match(/^tcp-/);
  });

  it('replaces the node in one step when its data change', async () => {
    const { nerve } = await bed.start();
    const before = await bed.onlyRegistration();
    const changed = async (): Promise<string> => {
      await bed.writeService('web', bed.service({ weight: 7, labels: { az: 'b', shard: 3 } }));
      await nerve.reload();
      const data = { ...registrationOf(bed), weight: 7, labels: { az: 'b', shard: '3' } };
      return await bed.onlyRegistration(data);
    };
    const after = await during(changed(), async () => {
      expect(Object.keys(await bed.registrations())).to.have.length(1);
    });
    expect(after).to.not.equal(before);
  });

  it('takes up a new file and drops a removed one by itself, without a signal', async () => {
    await bed.start();
    const before = await bed.onlyRegistration();
    await bed.writeService('other', bed.service({ host: '127.0.0.2', checks: [] }));
    await eventually(async () => {
      expect(Object.keys(await bed.registrations())).to.have.length(2);
    });
    await rm(bed.servicePath('other'));
    expect(await bed.onlyRegistration()).to.equal(before);
  });

  it('keeps a service whose file went bad, says what is wrong once, and recovers', async () => {
    const { nerve, logger } = await bed.start();
    const before = await bed.onlyRegistration();
    await bed.writeService('web', bed.service({ port: 0, check_intervall: 1 }));
    await nerve.reload();
    await nerve.reload();
    expect(await bed.onlyRegistration()).to.equal(before);
    const rejections = logger.lines.filter(({ event }) => event === 'config-rejected');
    const file = bed.servicePath('web');
    expect(rejections).to.have.length(1);
    expect(rejections[0]?.problems).to.deep.equal([
      `${file}: port: is 0; must be a whole number from 1 to 65535`,
      `${file}: check_intervall: unknown option "check_intervall"; did you mean check_interval?`,
    ]);
    expect(nerve.status.rejected).to.have.length(2);
    await bed.writeService('web', bed.service());
    await nerve.reload();
    expect(nerve.status.rejected).to.deep.equal([]);
    expect(logger.events().at(-1)).to.equal('config-accepted');
    expect(await bed.onlyRegistration()).to.equal(before);
  });

  for (const [title, content] of [
    ['cut off', '{"host": "127.0.0.1", "po'],
    ['empty', ''],
    ['a list', '[]'],
    ['binary', '\u0000\u0001\u001b[2J'],
  ] as const) {
    it(`survives a service file that is ${title}`, async () => {
      const { nerve } = await bed.start();
      const before = await bed.onlyRegistration();
      await bed.writeService('web', content);
      await bed.writeService('new', content);
      await nerve.reload();
      expect(await bed.onlyRegistration()).to.equal(before);
      expect(nerve.status.rejected.join()).to.include('new.json').and.not.include('\u001b');
    });
  }

  it('keeps everything when the main file goes bad', async () => {
    const { nerve, logger } = await bed.start();
    const before = await bed.onlyRegistration();
    await writeFile(bed.configPath, '{');
    await nerve.reload();
    expect(await bed.onlyRegistration()).to.equal(before);
    expect(logger.events()).to.include('config-rejected');
  });

  it('refuses a second service that would register the same instance', async () => {
    const { nerve } = await bed.start();
    await bed.onlyRegistration();
    await bed.writeService('twin', bed.service());
    await nerve.reload();
    expect(nerve.status.rejected.join()).to.match(/^services\.twin: .* as web does; must differ/);
    expect(nerve.status.services.map(({ name }) => name)).to.deep.equal(['web']);
  });

  it('registers everything anew under another instance id', async () => {
    const { nerve } = await bed.start();
    await bed.onlyRegistration();
    await bed.writeMain({ instance_id: 'renamed' });
    await nerve.reload();
    expect(await bed.onlyRegistration({ name: 'renamed' })).to.match(/^renamed_/);
  });

  it('answers health and status on loopback, read-only', async () => {
    const [port] = await freePorts(1);
    await bed.writeMain({ api_port: port });
    const { nerve } = await bed.start();
    const child = await bed.onlyRegistration();
    const base = `http://127.0.0.1:${nerve.apiPort}`;
    await eventually(async () => {
      expect(await (await fetch(`${base}/health`)).json()).to.deep.equal({
        status: 'ok',
        registry: 'connected',
        config: 'current',
        services: { up: 1, down: 0, undecided: 0 },
      });
    });
    const status: unknown = await (await fetch(`${base}/status`)).json();
    expect(status)
      .to.have.nested.property('services.web')
      .that.deep.includes({
        health: 'up',
        registered: `${bed.zkPath}/${child}`,
        registration: registrationOf(bed),
        settled: true,
      });
    expect((await fetch(`${base}/status`, { method: 'POST' })).status).to.equal(405);
    expect((await fetch(`${base}//evil`)).status).to.equal(404);
  });
});
