/** `service_conf_dir`: a bad file is its own service's business. */
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ApiAnswer, ask } from '../../../support/api-client.ts';
import { startBackend, type TestBackend } from '../../../support/backend.ts';
import { type DaemonProcess, startDaemon } from '../../../support/daemon-process.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePorts } from '../../../support/free-ports.ts';
import { createTestHaproxy, type TestHaproxy } from '../../../support/haproxy.ts';
import { haproxyInput } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

describe('the synapse process and a folder of services', function () {
  this.timeout(60_000);
  let haproxy: TestHaproxy;
  let backend: TestBackend;
  let daemon: DaemonProcess;
  let [webPort, otherPort, apiPort] = [0, 0, 0];

  const write = (name: string, value: object | string): Promise<void> =>
    writeFile(
      join(haproxy.folder, name),
      typeof value === 'string' ? value : JSON.stringify(value),
    );
  const service = (port: number, more: object = {}): object => ({
    discovery: { method: 'base' },
    default_servers: [{ name: 'one', host: '127.0.0.1', port: backend.port }],
    haproxy: { port, bind_address: '127.0.0.1', server_options: 'check', ...more },
  });
  const writeMain = (more: object = {}): Promise<void> =>
    write('main.json', {
      service_conf_dir: join(haproxy.folder, 'services'),
      haproxy: { ...haproxyInput(haproxy), restart_interval: 0.1 },
      state_path: join(haproxy.folder, 'state.json'),
      api_port: apiPort,
      ...more,
    });
  const get = (path: string): Promise<ApiAnswer> => ask(apiPort, path);
  const problems = async (): Promise<readonly string[]> =>
    Object((await get('/status')).json()).problems;
  const serves = (port: number): Promise<void> =>
    eventually(async () => {
      expect(await request(`http://127.0.0.1:${port}`)).to.deep.equal({ status: 200, body: 'one' });
    });
  const hup = async (settled: () => Promise<unknown>): Promise<void> => {
    daemon.signal('SIGHUP');
    await eventually(settled);
  };

  beforeEach(async () => {
    haproxy = await createTestHaproxy();
    backend = await startBackend('one');
    [webPort = 0, otherPort = 0, apiPort = 0] = await freePorts(3);
    await mkdir(join(haproxy.folder, 'services'));
    await writeMain();
    await write('services/web.json', service(webPort));
  });

  afterEach(async () => {
    await daemon.kill();
    await haproxy.destroy();
    await backend.stop();
  });

  const start = async (): Promise<void> => {
    daemon = startDaemon('synapse', ['-c', join(haproxy.folder, 'main.json')]);
    await eventually(async () => expect((await get('/health')).status).to.equal(200));
    await haproxy.start();
  };

  it('starts without a service whose file is bad, or is refused by HAProxy', async () => {
    await write('services/broken.json', '{');
    await write('services/odd.json', service(otherPort, { server_options: 'chekc' }));
    await start();
    await serves(webPort);
    const told = await problems();
    expect(told).to.have.length(2);
    expect(told[0]).to.match(/services\/broken\.json: is not JSON/);
    expect(told[1]).to.match(/services\/odd\.json: HAProxy does not take it: .*chekc/s);
    expect((await get('/health')).json()).to.include({ status: 'degraded', problems: 2 });
    await write('services/odd.json', service(otherPort));
    await rm(join(haproxy.folder, 'services/broken.json'));
    await hup(async () => expect(await problems()).to.deep.equal([]));
    await serves(otherPort);
  });

  it('lets a service run as it does when its file turns bad, and takes in the others', async () => {
    await start();
    await serves(webPort);
    await write('services/web.json', { ...service(webPort), nope: 1 });
    await write('services/other.json', service(otherPort));
    await hup(async () => expect(await problems()).to.have.length(1));
    await serves(otherPort);
    await serves(webPort);
    await write('services/web.json', service(webPort, { server_options: 'chekc' }));
    await hup(async () => expect((await problems())[0]).to.match(/chekc/));
    await serves(webPort);
  });

  it('says which options need a restart', async () => {
    await start();
    const state_path = join(haproxy.folder, 'other.json');
    await writeMain({ state_path, zk_session_timeout_ms: 20_000 });
    await hup(async () => {
      const said = [...daemon.output.matchAll(/"option-needs-restart".*"option":"(\w+)"/g)];
      expect(said.map(([, option]) => option)).to.eql(['state_path', 'zk_session_timeout_ms']);
    });
  });
});
