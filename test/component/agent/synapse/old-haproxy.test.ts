import { join } from 'node:path';
import { expect } from 'chai';
import { eventually } from '../../../support/eventually.ts';
import { type OldHaproxySocket, startOldHaproxySocket } from '../../../support/old-haproxy.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';

describe('synapse with an HAProxy that adds and deletes servers as an experiment only', () => {
  let bed: SynapseBed;
  let old: OldHaproxySocket;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(async () => {
    await bed.destroy();
    await old.stop();
  });

  async function start(): Promise<void> {
    const { folder, socketPath, admin } = bed.haproxy;
    const path = join(folder, 'old.sock');
    old = await startOldHaproxySocket(path, admin);
    bed.configure({
      web: { server_options: 'check inter 200ms', listen: ['balance roundrobin'] },
      haproxy: {
        // Named in the comment, so that synapse lets nobody else listen there.
        global: [`stats socket ${socketPath} level admin # ${path}`],
        socket_file_path: path,
      },
    });
    await bed.startSynapse();
    await bed.haproxy.start();
    await eventually(() => expect(bed.logger.events()).to.include('proxy-found'));
  }

  const reloads = (): number =>
    bed.logger.events().filter((event) => event === 'proxy-reloaded').length;

  /** Of steps for which no reload makes up. */
  const refusals = (): readonly unknown[] =>
    bed.logger.lines
      .filter(({ event, step }) => event === 'step-refused' && step !== 'add-server')
      .map(({ step }) => step);

  it('reloads, once for several that come, and for none that leaves; asks for no experiment', async () => {
    await start();
    const [one, two, three] = await Promise.all(['1', '2', '3'].map((name) => bed.backend(name)));
    if (!one || !two || !three) return expect.fail();
    const nodes = [one, two, three].map((backend) => bed.register(backend));
    await bed.expectServing(one, two, three);
    // The first may have been noticed alone.
    await eventually(() => expect(reloads()).to.be.within(1, 2));
    const before = reloads();
    const traffic = bed.startTraffic();
    bed.zookeeper.remove(bed.path, nodes[2] ?? '');
    await eventually(async () => expect(await bed.server(three)).to.include({ admin: 'maint' }));
    await eventually(async () => {
      // One that was on its way there may be answered after that.
      traffic.forget();
      await eventually(() => expect(traffic.answers.size).to.be.greaterThan(1));
      expect([...traffic.answers.keys()].sort()).to.deep.equal(['1', '2']);
    });
    await eventually(() => expect(refusals()).to.deep.equal(['delete-server']));
    // It could not be deleted: it comes back as it was.
    bed.register(three);
    await bed.expectServing(one, two, three);
    expect(reloads()).to.equal(before);
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(old.commands.filter((command) => command.startsWith('experimental'))).to.deep.equal([]);
  });
});
