import { readFile } from 'node:fs/promises';
import { expect } from 'chai';
import { eventually, throughout } from '../../../support/eventually.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

/** As a service manager would: the master by its process group's leader. */
const reloadCommand = (masterPath: string): string =>
  `kill -USR2 $(pgrep -of 'haproxy -W .*${masterPath}')`;

/** Twice as long as the file may take to follow. */
const longestFileDelayMs = 800;

describe("synapse with the original's switches", () => {
  let bed: SynapseBed;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(() => bed.destroy());

  it('reloads by reload_command where there is one, and not by the master', async () => {
    const notes = `${bed.haproxy.configPath}.notes`;
    const reload_command = `echo reloaded >> ${notes}; ${reloadCommand(bed.haproxy.masterPath)}`;
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
    expect(await readFile(notes, 'utf8')).to.match(/^(reloaded\n)+$/);
  });

  it('leaves the reload that a change takes to others without do_reloads', async () => {
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    await bed.startServing(one);
    await eventually(() => expect(bed.logger.events()).to.include('proxy-found'));
    bed.configure({ web: { server_options: 'check inter 300ms' }, haproxy: { do_reloads: false } });
    await bed.synapse().reload();
    const { pid } = await bed.haproxy.info();
    await eventually(async () => expect(await bed.haproxy.configText()).to.include('inter 300ms'));
    await throughout(async () => expect((await bed.haproxy.info()).pid).to.equal(pid), {
      durationMs: 500,
    });
    expect(bed.logger.events()).not.to.include('proxy-reloaded');
    bed.register(two);
    await bed.expectServing(one, two);
    await eventually(async () => expect(await bed.haproxy.configText()).to.include(' two_'));
    // The answer may be lost with the old master.
    await bed.haproxy.master.ask('reload').catch(() => undefined);
    await eventually(async () => expect((await bed.haproxy.info()).pid).not.to.equal(pid));
    await bed.expectServing(one, two);
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
    const { pid } = await bed.haproxy.info();
    bed.register(two);
    await bed.expectServing(one, two);
    expect((await bed.haproxy.info()).pid).not.to.equal(pid);
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
    await throughout(async () => expect(await bed.haproxy.configText()).to.equal(before), {
      durationMs: longestFileDelayMs,
    });
  });

  it('gives ids up to max_server_id, and leaves the others to HAProxy', async () => {
    bed.configure({ haproxy: { max_server_id: 2 } });
    const three = await Promise.all(['one', 'two', 'three'].map((name) => bed.backend(name)));
    for (const backend of three) bed.register(backend);
    await bed.startServing(...three);
    const lines = (await bed.haproxy.configText()).match(/^\s+server .*$/gm) ?? [];
    const ids = lines.map((line) => / id (\d+)/.exec(line)?.[1] ?? 'none');
    expect(ids.sort()).to.deep.equal(['1', '2', 'none']);
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
