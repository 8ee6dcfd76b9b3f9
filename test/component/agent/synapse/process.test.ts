/** The daemon as it runs on a host: a process of its own, a real ensemble, a real HAProxy. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../../../agent/lib/clock.ts';
import { childPrefix, encodeRegistration } from '../../../../agent/registration.ts';
import { createZooKeeperSession } from '../../../../agent/zookeeper/hardened-session.ts';
import type { ZooKeeperSession } from '../../../../agent/zookeeper/session.ts';
import { startBackend, type TestBackend } from '../../../support/backend.ts';
import { type DaemonProcess, startDaemon } from '../../../support/daemon-process.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePorts } from '../../../support/free-ports.ts';
import { createTestHaproxy, type TestHaproxy } from '../../../support/haproxy.ts';
import { oddTargets, requestText, sendRaw } from '../../../support/raw-request.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';
import { haproxyInput } from '../../../support/synapse-bed.ts';
import { request, startTraffic, type Traffic } from '../../../support/traffic.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';
import { accessAs, openSession } from '../../../support/zookeeper-session.ts';

const path = '/test/services/web/services';

describe('the synapse process', function () {
  this.timeout(90_000);

  let ensemble: Ensemble;
  let registrar: ZooKeeperSession;
  let haproxy: TestHaproxy;
  let one: TestBackend;
  let two: TestBackend;
  let port = 0;
  let apiPort = 0;
  let daemon: DaemonProcess | undefined;
  let traffic: Traffic | undefined;
  const nodes = new Map<string, string>();

  before(async () => {
    ensemble = await startEnsemble(3);
    registrar = createZooKeeperSession({
      hosts: ensemble.hosts,
      sessionTimeoutMs: 10_000,
      clock: systemClock,
      random: Math.random,
      logger: createRecordingLogger(),
    });
    registrar.start();
    await eventually(() => registrar.ensurePath(path));
    haproxy = await createTestHaproxy();
    [port = 0, apiPort = 0] = await freePorts(2);
    [one, two] = await Promise.all([startBackend('one'), startBackend('two')]);
  });

  after(async () => {
    await stop('SIGKILL');
    await registrar.close();
    await haproxy.destroy();
    await Promise.all([one.stop(), two.stop()]);
    await ensemble.stop();
  });

  afterEach(async () => {
    await traffic?.stop();
    traffic = undefined;
  });

  async function configure(
    serverOptions: string,
    {
      hosts = ensemble.hosts,
      ...more
    }: { hosts?: readonly string[]; zk_digest_auth_file?: string } = {},
  ): Promise<string> {
    const file = join(haproxy.folder, 'synapse.conf.json');
    const config = {
      services: {
        web: {
          discovery: { method: 'zookeeper', path, hosts },
          haproxy: { port, bind_address: '127.0.0.1', server_options: serverOptions },
        },
      },
      haproxy: haproxyInput(haproxy),
      state_path: join(haproxy.folder, 'state.json'),
      api_port: apiPort,
      zk_session_timeout_ms: 4_000,
      ...more,
    };
    await writeFile(file, JSON.stringify(config));
    return file;
  }

  async function start(): Promise<void> {
    const file = await configure('check inter 500ms rise 1 fall 2');
    daemon = startDaemon('synapse', ['-c', file]);
    await eventually(async () => expect(await health()).to.include({ status: 200 }));
  }

  async function stop(signal: NodeJS.Signals): Promise<number | null> {
    daemon?.signal(signal);
    return (await daemon?.exited) ?? null;
  }

  function health(): Promise<{ readonly status: number | undefined; readonly body: string }> {
    return request(`http://127.0.0.1:${apiPort}/health`);
  }

  async function register(backend: TestBackend): Promise<void> {
    const registration = { host: '127.0.0.1', port: backend.port, name: backend.name };
    const [node = ''] = await registrar.commit([
      {
        kind: 'create',
        path: `${path}/${childPrefix(registration, backend.name === 'two')}`,
        data: encodeRegistration(registration),
        mode: 'persistent_sequential',
      },
    ]);
    nodes.set(backend.name, node);
  }

  async function unregister(backend: TestBackend): Promise<void> {
    await registrar.commit([{ kind: 'delete', path: nodes.get(backend.name) ?? '' }]);
  }

  async function serving(): Promise<readonly string[]> {
    const servers = await haproxy.servers();
    return servers.filter(({ up, admin }) => up && admin === 'ready').map(({ name }) => name);
  }

  async function expectServing(...backends: readonly TestBackend[]): Promise<void> {
    const names = backends.map(({ name, port: own }) => `${name}_127.0.0.1:${own}`);
    await eventually(async () => expect([...(await serving())].sort()).to.deep.equal(names.sort()));
  }

  it('serves what stands in ZooKeeper, path-encoded or not', async () => {
    await register(one);
    await start();
    await haproxy.start();
    await expectServing(one);
    await register(two);
    await expectServing(one, two);
    await eventually(async () => {
      const { config_read: read, ...rest } = JSON.parse((await health()).body);
      expect(Date.parse(read)).to.be.closeTo(Date.now(), 60_000);
      expect(rest).to.deep.equal({
        status: 'ok',
        registry: 'connected',
        proxy: 'running',
        config: 'current',
        generators: 'ok',
        problems: 0,
      });
    });
  });

  it('tells what it knows', async () => {
    const { body } = await request(`http://127.0.0.1:${apiPort}/status`);
    const { services, haproxy: proxy } = JSON.parse(body);
    expect(services.web).to.deep.include({
      backend: 'web',
      port,
      source: 'registry',
      rejected: [],
    });
    expect(services.web.instances).to.have.length(2);
    expect(services.web.instances[0].haproxy).to.deep.equal({
      admin: 'ready',
      up: true,
      weight: 1,
      check: 'passing',
    });
    expect(proxy).to.include({ running: true, reloads: 0 });
  });

  it('survives whatever a local user asks it', async () => {
    for (const target of oddTargets) {
      expect(await sendRaw(apiPort, requestText(target)), target).to.match(/ 404 /);
    }
    expect(await health()).to.include({ status: 200 });
  });

  it('keeps serving while every member is dead, and is right soon after', async () => {
    traffic = startTraffic(`http://127.0.0.1:${port}`);
    await Promise.all(ensemble.members.map((member) => member.kill()));
    await eventually(async () => {
      expect(JSON.parse((await health()).body)).to.include({ registry: 'unreachable' });
    });
    await expectServing(one, two);
    await ensemble.heal();
    await eventually(() => unregister(two));
    await expectServing(one);
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
  });

  it('keeps its configuration when SIGHUP finds a bad one', async () => {
    await configure('chekc');
    daemon?.signal('SIGHUP');
    await eventually(() => expect(daemon?.events()).to.include('config-refused'));
    await register(two);
    await expectServing(one, two);
    expect(JSON.parse((await health()).body)).to.include({ status: 'degraded', problems: 1 });
    const { body } = await request(`http://127.0.0.1:${apiPort}/status`);
    expect(JSON.parse(body).problems[0]).to.include('chekc');
  });

  it('leaves HAProxy serving when it is killed, and picks up from there', async () => {
    await stop('SIGKILL');
    await unregister(two);
    expect(await request(`http://127.0.0.1:${port}`)).to.include({ status: 200 });
    const { pid } = await haproxy.info();
    await start();
    await expectServing(one);
    expect(await haproxy.info()).to.include({ pid });
  });

  it('ends with 0 on SIGTERM, and HAProxy serves', async () => {
    expect(await stop('SIGTERM')).to.equal(0);
    expect(await request(`http://127.0.0.1:${port}`)).to.deep.equal({ status: 200, body: 'one' });
  });

  it('reads what only the holder of credentials may, once it has them, below a chroot', async () => {
    const hosts = ensemble.hosts.map((host) => `${host}/fleet`);
    const credentials = 'fleet:secret';
    const owner = openSession({ hosts, access: accessAs(credentials, 'private') });
    await owner.connected();
    await owner.session.ensurePath(path);
    const registration = { host: '127.0.0.1', port: two.port, name: 'two' };
    const data = encodeRegistration(registration);
    await owner.session.commit([
      { kind: 'create', path: `${path}/two_`, data, mode: 'ephemeral_sequential' },
    ]);
    const zk_digest_auth_file = join(haproxy.folder, 'secret');
    await writeFile(zk_digest_auth_file, 'fleet:another\n');
    const file = await configure('check', { hosts, zk_digest_auth_file });
    daemon = startDaemon('synapse', ['-c', file]);
    await eventually(() => expect(daemon?.output).to.include('"no-auth"'));
    await writeFile(zk_digest_auth_file, `${credentials}\n`);
    // Signals before the start is over are kept.
    daemon.signal('SIGHUP');
    await expectServing(two);
    expect(daemon.output).not.to.include('fleet:');
    await owner.session.close();
  });
});
