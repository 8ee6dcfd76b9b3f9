import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../../support/eventually.ts';
import { createTestHaproxy, type TestHaproxy } from '../../../support/haproxy.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';

describe('synapse with several sockets', () => {
  let bed: SynapseBed;
  let second: TestHaproxy;

  beforeEach(async () => {
    bed = await createSynapseBed();
    second = await createTestHaproxy();
  });

  afterEach(async () => {
    await bed.destroy();
    await second.destroy();
  });

  const reloads = (): number =>
    bed.logger.events().filter((event) => event === 'proxy-reloaded').length;

  async function serversOf(haproxy: TestHaproxy): Promise<readonly string[]> {
    const servers = (await haproxy.servers()).filter(({ backend }) => backend === 'web');
    return servers.map(({ name, admin, up }) => `${name} ${admin} ${up ? 'up' : 'down'}`).sort();
  }

  it('reloads for what a socket without rights refuses, a removal too', async () => {
    const { socketPath } = bed.haproxy;
    const global = [`stats socket ${socketPath} mode 600 level operator`];
    bed.configure({ haproxy: { global } });
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    bed.register(one);
    const node = bed.register(two);
    await bed.startServing(one, two);
    const traffic = bed.startTraffic();
    bed.zookeeper.depart(bed.path, node, 'drained');
    await bed.expectServing(one);
    bed.register(two);
    await bed.expectServing(one, two);
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
  });

  it('tells each process of each change, one that joins late too', async () => {
    const first = bed.haproxy;
    // As with nbproc: one file, and a socket for each process. Versions since 2.5 know no such
    // file, so the second process has one of its own, made from the first's.
    const line = (path: string, other: string) => `stats socket ${path} level admin # ${other}`;
    bed.configure({
      haproxy: {
        global: [line(first.socketPath, second.socketPath)],
        socket_file_path: [first.socketPath, second.socketPath],
      },
    });
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    const node = bed.register(one);
    await bed.startServing(one);
    const text = await first.configText();
    const own = line(second.socketPath, first.socketPath);
    await writeFile(
      second.configPath,
      text
        .replace(/stats socket .*/, own)
        .replace(/^\tserver .*\n/gm, '')
        .replace(/server-state-file .*/, `server-state-file ${second.configPath}.servers`),
    );
    await second.start();
    const ready = (...names: readonly string[]): readonly string[] =>
      names.map((name) => `${name} ready up`).sort();
    await eventually(async () =>
      expect(await serversOf(second)).to.deep.equal(ready(bed.serverName(one))),
    );
    bed.register(two);
    const both = ready(bed.serverName(one), bed.serverName(two));
    for (const haproxy of [first, second]) {
      await eventually(async () => expect(await serversOf(haproxy)).to.deep.equal(both));
    }
    bed.zookeeper.remove(bed.path, node);
    for (const haproxy of [first, second]) {
      await eventually(async () =>
        expect(await serversOf(haproxy)).to.deep.equal(ready(bed.serverName(two))),
      );
    }
    expect(reloads()).to.equal(0);
  });

  it('tells a process with two sockets once', async () => {
    const { socketPath, folder } = bed.haproxy;
    bed.configure({ haproxy: { socket_file_path: [socketPath, join(folder, 'other.sock')] } });
    const [one, two] = [await bed.backend('one'), await bed.backend('two')];
    const node = bed.register(one);
    await bed.startServing(one);
    bed.register(two);
    await bed.expectServing(one, two);
    bed.zookeeper.remove(bed.path, node);
    await bed.expectServing(two);
    expect(bed.logger.events()).to.not.include('step-refused');
    expect(await bed.haproxy.configText()).to.include('other.sock');
    expect(reloads()).to.equal(0);
  });
});
