import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { type DaemonProcess, startDaemon } from '../../../support/daemon-process.ts';
import { during, eventually, throughout } from '../../../support/eventually.ts';
import { freePorts } from '../../../support/free-ports.ts';
import {
  createNerveBed,
  longSessionMs,
  type NerveBed,
  registrationOf,
} from '../../../support/nerve-bed.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';

describe('nerve over a restart', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let bed: NerveBed;
  let statePath: string;
  let processes: DaemonProcess[] = [];

  before(async () => {
    ensemble = await startEnsemble(1);
  });
  after(() => ensemble.stop());
  beforeEach(async () => {
    bed = await createNerveBed(ensemble.hosts);
    statePath = join(bed.directory, 'nerve.state.json');
    await bed.writeMain({ state_path: statePath });
    await bed.writeService('web', bed.service());
  });
  afterEach(async () => {
    await Promise.all(processes.map((one) => one.kill()));
    processes = [];
    await bed.close();
  });

  const ownerOf = async (child: string): Promise<string | undefined> => {
    const node = await bed.observer.read(`${bed.zkPath}/${child}`);
    return node?.ephemeralOwner;
  };
  const startProcess = (): DaemonProcess => {
    const daemon = startDaemon('nerve', ['-c', bed.configPath]);
    processes.push(daemon);
    return daemon;
  };
  /** Runs a nerve until it has registered, and ends it as systemd's `restart` does. */
  const runAndHandOver = async (): Promise<string> => {
    const { nerve } = await bed.start({ isBeingRestarted: true });
    const child = await bed.onlyRegistration();
    await nerve.stop();
    return child;
  };
  const settled = async ({ nerve }: Awaited<ReturnType<NerveBed['start']>>): Promise<void> => {
    await eventually(() =>
      expect(
        nerve.status.services.every(({ reports }) => reports.every((one) => one.settled)),
      ).to.equal(true),
    );
  };

  it('keeps node and session when systemd restarts it, and writes nothing', async () => {
    const before = await runAndHandOver();
    const owner = await ownerOf(before);
    const again = await bed.start();
    await settled(again);
    expect(await bed.onlyRegistration(registrationOf(bed))).to.equal(before);
    expect(await ownerOf(before)).to.equal(owner);
    expect(again.logger.events()).not.to.include('registered');
  });

  it('keeps them when members of the ensemble came meanwhile', async () => {
    const before = await runAndHandOver();
    const owner = await ownerOf(before);
    const [port] = await freePorts(1);
    const zk_hosts = [...ensemble.hosts, `127.0.0.1:${port}`];
    await bed.writeService('web', bed.service({ zk_hosts }));
    const again = await bed.start();
    await settled(again);
    await throughout(
      async () => expect(Object.keys(await bed.registrations())).to.deep.equal([before]),
      { durationMs: 300 },
    );
    expect(await ownerOf(before)).to.equal(owner);
    expect(again.logger.events()).not.to.include('registered');
    expect(again.logger.events()).not.to.include('orphans-removed');
  });

  it('deregisters when it is stopped, and registers anew when it is started', async () => {
    const first = await bed.start({ isBeingRestarted: false });
    const before = await bed.onlyRegistration();
    await first.nerve.stop();
    await bed.noRegistration();
    await bed.start();
    expect(await bed.onlyRegistration()).not.to.equal(before);
  });

  it('keeps its node when it is killed and started again', async () => {
    await bed.writeMain({ state_path: statePath, zk_session_timeout_ms: longSessionMs });
    const first = startProcess();
    const before = await bed.onlyRegistration();
    await eventually(async () => expect(await readFile(statePath, 'utf8')).to.include(before));
    await first.kill();
    const second = startProcess();
    const connected = eventually(() => expect(second.events()).to.include('zookeeper-connected'));
    const isThere = async () =>
      expect(Object.keys(await bed.registrations())).to.deep.equal([before]);
    await during(connected, isThere);
    await throughout(isThere, { durationMs: 1_000 });
    expect(second.events()).not.to.include('registered');
  });

  it('keeps the node while its checks fail for less than `fall` says', async () => {
    await bed.writeService(
      'web',
      bed.service({
        check_interval: 0.2,
        checks: [{ type: 'http', uri: '/health', timeout: 0.5, fall: 4 }],
      }),
    );
    const before = await runAndHandOver();
    bed.backend.respond(500);
    const { nerve } = await bed.start();
    await eventually(() =>
      expect(nerve.status.services[0]?.checks[0]?.reason).to.equal('status 500'),
    );
    bed.backend.respond(200);
    await eventually(() => expect(nerve.status.services[0]?.health).to.equal('up'));
    expect(await bed.onlyRegistration()).to.equal(before);
  });

  it('takes the node out when the checks fail for good', async () => {
    await runAndHandOver();
    bed.backend.respond(500);
    await bed.start();
    await bed.noRegistration();
  });

  it('removes what was taken out of the configuration meanwhile', async () => {
    await bed.writeService('other', bed.service({ host: '127.0.0.2', checks: [] }));
    const { nerve } = await bed.start({ isBeingRestarted: true });
    await eventually(async () => expect(Object.keys(await bed.registrations())).to.have.length(2));
    await nerve.stop();
    await bed.removeService('other');
    const again = await bed.start();
    await bed.onlyRegistration(registrationOf(bed));
    expect(again.logger.events()).to.include('orphans-removed');
  });

  it('replaces a node whose instance has moved meanwhile', async () => {
    const before = await runAndHandOver();
    await bed.writeService('web', bed.service({ host: '127.0.0.2', checks: [] }));
    await bed.start();
    await eventually(async () => {
      const child = await bed.onlyRegistration({ host: '127.0.0.2' });
      expect(child).not.to.equal(before);
    });
  });

  it('registers anew, once, when the session has expired meanwhile', async () => {
    const before = await runAndHandOver();
    await bed.noRegistration();
    await bed.start();
    const after = await bed.onlyRegistration(registrationOf(bed));
    expect(after).not.to.equal(before);
  });

  it('takes no session of before a reboot', async () => {
    const before = await runAndHandOver();
    const state = JSON.parse(await readFile(statePath, 'utf8'));
    await writeFile(statePath, JSON.stringify({ ...state, bootId: 'another' }));
    await bed.start();
    await eventually(async () => expect(await bed.onlyRegistration()).not.to.equal(before));
  });

  it('keeps its secrets to itself', async () => {
    await runAndHandOver();
    expect((await stat(statePath)).mode & 0o777).to.equal(0o600);
  });

  for (const [title, content] of [
    ['garbage', '{"version":'],
    ['of another version', '{"version":2}'],
    ['with a wrong session', '{"version":1,"bootId":"","sessions":{"a":{"sessionId":"x"}}}'],
  ] as const) {
    it(`starts with a state file that is ${title}, and says so`, async () => {
      await writeFile(statePath, content);
      const { logger } = await bed.start();
      await bed.onlyRegistration(registrationOf(bed));
      expect(logger.events()).to.include('state-file-unusable');
    });
  }

  it('works where the state file cannot be written, and says so once', async () => {
    await bed.writeMain({ state_path: join(bed.directory, 'missing', 'nerve.state.json') });
    const { logger, nerve } = await bed.start();
    await bed.onlyRegistration(registrationOf(bed));
    bed.backend.respond(500);
    await bed.noRegistration();
    await nerve.stop();
    const said = logger.events().filter((event) => event === 'state-file-not-written');
    expect(said).to.have.length(1);
  });
});
