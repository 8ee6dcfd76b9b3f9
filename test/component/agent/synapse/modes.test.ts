import { expect } from 'chai';
import { eventually } from '../../../support/eventually.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

/** As a service manager would: the master by its process group's leader. */
const reloadCommand = (masterPath: string): string =>
  `kill -USR2 $(pgrep -of 'haproxy -W .*${masterPath}')`;

describe("synapse with the original's switches", () => {
  let bed: SynapseBed;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(() => bed.destroy());

  it('reloads by reload_command where there is one', async () => {
    const reload_command = reloadCommand(bed.haproxy.masterPath);
    bed.configure({ haproxy: { reload_command } });
    const one = await bed.backend('one');
    bed.register(one);
    await bed.startServing(one);
    const { pid, fingerprint } = await bed.haproxy.info();
    bed.configure({ web: { server_options: 'check inter 300ms' }, haproxy: { reload_command } });
    await bed.synapse().reload();
    await eventually(async () => {
      const now = await bed.haproxy.info();
      expect([now.pid, now.fingerprint]).not.to.include.members([pid]);
      expect(now.fingerprint).not.to.equal(fingerprint);
    });
    await bed.expectServing(one);
  });

  it('reloads for every change without do_socket', async () => {
    const { masterPath, socketPath } = bed.haproxy;
    bed.configure({
      haproxy: {
        do_socket: false,
        // For this test to look: synapse does not.
        global: [`stats socket ${socketPath} level admin`],
        reload_command: reloadCommand(masterPath),
      },
    });
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    await bed.startServing(one);
    bed.register(two);
    await bed.expectServing(one, two);
  });

  it('writes nothing without do_writes, and still changes servers at run time', async () => {
    const one = await bed.backend('one');
    await bed.startSynapse();
    await bed.haproxy.start();
    await eventually(() => expect(bed.logger.events()).to.include('proxy-found'));
    await bed.synapse().stop();
    const before = await bed.haproxy.configText();
    bed.configure({ haproxy: { do_writes: false, do_reloads: false } });
    bed.zookeeper.connect();
    await bed.startSynapse();
    bed.register(one);
    await bed.expectServing(one);
    expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'one' });
    expect(await bed.haproxy.configText()).to.equal(before);
  });

  it('says once of each option without effect that it has none', async () => {
    bed.configure({ haproxy: { state_file_path: '/state', state_file_ttl: 60 } });
    await bed.startSynapse();
    await bed.synapse().reload();
    const said = bed.logger.lines.filter(({ event }) => event === 'option-without-effect');
    expect(said).to.deep.equal([
      { level: 'warn', event: 'option-without-effect', option: 'haproxy.state_file_path' },
      { level: 'warn', event: 'option-without-effect', option: 'haproxy.state_file_ttl' },
    ]);
  });

  it('uses default servers where the registry reports none', async () => {
    const spare = await bed.backend('spare');
    const one = await bed.backend('one');
    bed.configure({
      service: { default_servers: [{ name: 'spare', host: 'localhost', port: spare.port }] },
    });
    await bed.startSynapse();
    await bed.haproxy.start();
    expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'spare' });
    const node = bed.register(one);
    await eventually(async () => expect((await request(bed.url)).body).to.equal('one'));
    bed.zookeeper.remove(bed.path, node);
    await eventually(async () => expect((await request(bed.url)).body).to.equal('spare'));
  });
});
