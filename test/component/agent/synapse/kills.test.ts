/** Law 7: a kill at any instruction leaves the old file or the new one. */
import { readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { runCommand } from '../../../../agent/lib/run-command.ts';
import { startBackend, type TestBackend } from '../../../support/backend.ts';
import { type DaemonProcess, startDaemon } from '../../../support/daemon-process.ts';
import { Dice } from '../../../support/dice.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePorts } from '../../../support/free-ports.ts';
import { createTestHaproxy, type TestHaproxy } from '../../../support/haproxy.ts';
import { haproxyInput } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

const rounds = 8;
const changesARound = 12;
const seed = 20_260_714;

describe('synapse that is killed again and again', function () {
  this.timeout(180_000);

  let haproxy: TestHaproxy;
  let backend: TestBackend;
  let daemon: DaemonProcess | undefined;
  let [port, apiPort] = [0, 0];
  const dice = new Dice(seed);

  before(async () => {
    haproxy = await createTestHaproxy();
    backend = await startBackend('one');
    [port = 0, apiPort = 0] = await freePorts(2);
  });

  after(async () => {
    await daemon?.kill();
    await haproxy.destroy();
    await backend.stop();
  });

  const inFolder = (name: string): string => join(haproxy.folder, name);
  /** As others put files there: whole. */
  const put = async (name: string, content: unknown): Promise<void> => {
    await writeFile(inFolder(`${name}.new`), JSON.stringify(content));
    await rename(inFolder(`${name}.new`), inFolder(name));
  };
  const configure = (services: number): Promise<void> => {
    const discovery = { method: 'file', path: inFolder('instances.json') };
    const more = Array.from({ length: services }, (_, index) => [
      `more${index}`,
      { discovery, haproxy: { server_options: 'check' } },
    ]);
    const web = { discovery, haproxy: { port, bind_address: '127.0.0.1' } };
    return put('synapse.conf.json', {
      services: { web, ...Object.fromEntries(more) },
      haproxy: { ...haproxyInput(haproxy), restart_interval: 0.05 },
      file_output: { output_directory: inFolder('out') },
      state_path: inFolder('state.json'),
      api_port: apiPort,
    });
  };
  const register = (others: number): Promise<void> =>
    put('instances.json', [
      { host: '127.0.0.1', port: backend.port, name: 'one' },
      ...Array.from({ length: others }, (_, index) => {
        return {
          host: '127.0.0.1',
          port: 9,
          name: `other${index}`,
          labels: { text: 'x'.repeat(500) },
        };
      }),
    ]);
  const start = async (): Promise<void> => {
    daemon = startDaemon('synapse', ['-c', inFolder('synapse.conf.json')]);
    // It answers once its first files are there, whether HAProxy runs or not.
    await eventually(async () => {
      const { status } = await request(`http://127.0.0.1:${apiPort}/status`);
      expect(status).to.equal(200);
    });
  };

  const expectWhole = async (): Promise<void> => {
    const { exitCode, output } = await runCommand(
      'haproxy',
      ['-c', '-f', haproxy.configPath],
      20_000,
    );
    expect(exitCode, output).to.equal(0);
    const written = (await readdir(haproxy.folder)).filter((one) =>
      /^state\.json[.a-z]*$/.test(one),
    );
    const out = (await readdir(inFolder('out'))).filter((one) => /^\w+\.json$/.test(one));
    for (const name of [...written, ...out.map((one) => `out/${one}`)]) {
      const text = await readFile(inFolder(name), 'utf8');
      expect(() => JSON.parse(text), name).not.to.throw();
    }
  };

  it(`leaves every file whole, and serves at last (seed ${seed})`, async () => {
    await configure(0);
    await register(1);
    await start();
    await haproxy.start();
    for (let round = 0; round < rounds; round += 1) {
      for (let change = 0; change < changesARound; change += 1) {
        await register(dice.between(0, 40));
        await configure(dice.between(0, 5));
        daemon?.signal('SIGHUP');
        await new Promise((resolve) => setTimeout(resolve, dice.between(0, 60)));
      }
      await daemon?.kill();
      await expectWhole();
      await start();
    }
    await register(0);
    await eventually(async () => {
      const servers = (await haproxy.servers()).filter((one) => one.backend === 'web');
      expect(servers.map(({ name }) => name)).to.deep.equal([`one_127.0.0.1:${backend.port}`]);
      expect(await request(`http://127.0.0.1:${port}`)).to.deep.equal({ status: 200, body: 'one' });
    });
    await eventually(async () => {
      const { services } = JSON.parse(await readFile(inFolder('state.json'), 'utf8'));
      expect(services.web).to.have.length(1);
    });
    await expectWhole();
  });
});
