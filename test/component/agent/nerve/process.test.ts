import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { expect } from 'chai';
import { type DaemonProcess, startDaemon } from '../../../support/daemon-process.ts';
import { during, eventually } from '../../../support/eventually.ts';
import {
  createNerveBed,
  longSessionMs,
  type NerveBed,
  registrationOf,
} from '../../../support/nerve-bed.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';

describe('the nerve process', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let bed: NerveBed;
  let started: DaemonProcess[] = [];

  before(async () => {
    ensemble = await startEnsemble(1);
  });
  after(() => ensemble.stop());
  beforeEach(async () => {
    bed = await createNerveBed(ensemble.hosts);
    await bed.writeService('web', bed.service());
  });
  afterEach(async () => {
    await Promise.all(started.map((one) => one.kill()));
    started = [];
    await bed.close();
  });

  const start = (args: readonly string[] = [], environment = {}): DaemonProcess => {
    const daemon = startDaemon('nerve', ['-c', bed.configPath, ...args], environment);
    started.push(daemon);
    return daemon;
  };

  it('deregisters and exits 0 on SIGTERM', async () => {
    const daemon = start();
    await bed.onlyRegistration(registrationOf(bed));
    daemon.signal('SIGTERM');
    expect(await daemon.exited).to.equal(0);
    expect(await bed.registrations()).to.deep.equal({});
    expect(daemon.events().slice(-3)).to.deep.equal(['stopping', 'deregistered', 'stopped']);
  });

  it('leaves exactly one registration when it is killed and started again', async () => {
    await bed.writeMain({ zk_session_timeout_ms: longSessionMs });
    const first = start();
    const before = await bed.onlyRegistration();
    await first.kill();
    start();
    const replaced = eventually(async () =>
      expect(await bed.registrations()).not.to.have.key(before),
    );
    await during(replaced, async () => {
      expect(Object.keys(await bed.registrations())).to.have.length(1);
    });
    await bed.onlyRegistration(registrationOf(bed));
  });

  it('reloads on SIGHUP without a flap', async () => {
    const daemon = start();
    const before = await bed.onlyRegistration();
    await bed.writeMain({ services: { db: bed.service({ host: '127.0.0.2', checks: [] }) } });
    daemon.signal('SIGHUP');
    await eventually(async () => {
      const found = Object.keys(await bed.registrations());
      expect(found).to.have.length(2).and.include(before);
    });
    await writeFile(bed.configPath, 'not json');
    daemon.signal('SIGHUP');
    await eventually(() => expect(daemon.events()).to.include('config-rejected'));
    expect(Object.keys(await bed.registrations()))
      .to.have.length(2)
      .and.include(before);
  });

  it('checks a configuration without touching anything', async () => {
    const good = start(['--check-config']);
    expect(await good.exited).to.equal(0);
    await bed.writeService('web', bed.service({ port: 'x' }));
    await bed.writeService('db', '{');
    const bad = start(['-k']);
    expect(await bad.exited).to.equal(1);
    const lines = bad.output.trim().split('\n');
    expect(lines).to.have.length(2);
    expect(lines[0]).to.include('db.json: is not JSON');
    expect(lines[1]).to.include('web.json: port: is "x"; must be a number');
    expect(await bed.registrations()).to.deep.equal({});
  });

  it('refuses to start on a bad main file, and starts without a bad service', async () => {
    await bed.writeService('db', '{');
    const daemon = start();
    await bed.onlyRegistration(registrationOf(bed));
    expect(daemon.events()).to.include('config-rejected');
    await bed.writeMain({ instance_id: 'a b' });
    const refused = start();
    expect(await refused.exited).to.equal(1);
    expect(refused.output).to.include('instance_id: is "a b"; must be');
  });

  it('takes the instance id from the command line', async () => {
    start(['-i', 'given']);
    await bed.onlyRegistration({ name: 'given' });
  });

  it('tells systemd of readiness, reload, life and stop', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sd-notify-'));
    const program = join(directory, 'systemd-notify');
    const log = join(directory, 'log');
    // Stands in for systemd's own program, which would need a systemd to talk to.
    await writeFile(program, `#!/bin/sh\necho "$@" >> ${log}\n`);
    await chmod(program, 0o755);
    const daemon = start([], {
      NOTIFY_SOCKET: '/run/nowhere',
      WATCHDOG_USEC: '600000',
      PATH: `${directory}${delimiter}${process.env.PATH}`,
    });
    const said = async (text: string): Promise<unknown> =>
      eventually(async () => expect(await readFile(log, 'utf8')).to.include(text));
    await said('READY=1 STATUS=1 services');
    await said('WATCHDOG=1\nWATCHDOG=1');
    daemon.signal('SIGHUP');
    await said('RELOADING=1 MONOTONIC_USEC=');
    daemon.signal('SIGTERM');
    await daemon.exited;
    await said('STOPPING=1 STATUS=shutting down');
    await rm(directory, { recursive: true });
  });
});
