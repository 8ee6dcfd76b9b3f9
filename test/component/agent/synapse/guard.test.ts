import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { encodeRegistration } from '../../../../agent/registration.ts';
import type { TestBackend } from '../../../support/backend.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { freePort } from '../../../support/free-ports.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';
import { type ObservedSession, openSession } from '../../../support/zookeeper-session.ts';

describe('synapse and a fleet that vanishes', () => {
  let bed: SynapseBed;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(() => bed.destroy());

  const start = async (count: number) => {
    const backends: TestBackend[] = [];
    for (let index = 0; index < count; index += 1) {
      backends.push(await bed.backend(`node${index}`));
    }
    const nodes = backends.map((backend) => bed.register(backend));
    await bed.startServing(...backends);
    return { backends, nodes };
  };

  const vanish = (nodes: readonly string[]): void => {
    for (const node of nodes) bed.zookeeper.remove(bed.path, node);
  };

  const guarded = async (): Promise<readonly string[]> => {
    const { body } = await request(`${bed.apiUrl}/status`);
    const instances: readonly { server: string; guarded: object | null }[] =
      JSON.parse(body).services.web.instances;
    return instances.flatMap((one) => (one.guarded ? [one.server] : []));
  };

  it('keeps those that HAProxy finds up, and lets go of one whose check fails', async () => {
    const { backends, nodes } = await start(4);
    const traffic = bed.startTraffic();
    vanish(nodes.slice(1));
    await eventually(async () => expect(await guarded()).to.have.length(3));
    await throughout(() => bed.serves(...backends), { durationMs: 500 });
    backends[3]?.setHealthy(false);
    await bed.expectServing(...backends.slice(0, 3));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect(bed.logger.lines.findLast(({ event }) => event === 'instance-released')).to.include({
      service: 'web',
      reason: 'failing',
    });
    // What failed is not held again when it answers once more.
    backends[3]?.setHealthy(true);
    await throughout(() => bed.serves(...backends.slice(0, 3)), { durationMs: 500 });
  });

  it('takes another discovery, or another draw of a toggle, for no loss', async () => {
    const { backends } = await start(4);
    const toggle_file_path = join(bed.haproxy.folder, 'toggle.yaml');
    const at = (path: string) => ({
      method: 'zookeeper' as const,
      path,
      hosts: ['127.0.0.1:2181'],
    });
    const paths = ['/blue', '/green'];
    const [blue, green] = [await bed.backend('blue'), await bed.backend('green')];
    for (const [index, { name, port }] of [blue, green].entries()) {
      bed.zookeeper.register(paths[index] ?? '', { host: '127.0.0.1', port, name });
    }
    await writeFile(toggle_file_path, 'blue: 1\n');
    bed.configure({
      service: {
        discovery: {
          method: 'multi',
          watchers: { blue: at('/blue'), green: at('/green') },
          resolver: { method: 's3_toggle', toggle_file_path, s3_polling_interval_seconds: 0.1 },
        },
      },
    });
    await bed.serves(...backends);
    await bed.synapse().reload();
    await bed.expectServing(blue);
    await writeFile(toggle_file_path, 'green: 1\n');
    await bed.expectServing(green);
    expect(bed.logger.events()).not.to.include('instance-guarded');
  });

  it('reports no hold of who makes way for default servers', async () => {
    const spare = await bed.backend('spare');
    const { host, name, port } = { host: '127.0.0.1', ...spare };
    bed.configure({ service: { default_servers: [{ host, name, port }] } });
    const { backends, nodes } = await start(4);
    vanish(nodes.slice(1));
    await eventually(async () => expect(await guarded()).to.have.length(3));
    vanish(nodes.slice(0, 1));
    await bed.expectServing(spare);
    const released = bed.logger.lines.filter(({ event }) => event === 'instance-released');
    expect(released.map(({ reason }) => reason)).to.deep.equal(['ended', 'ended', 'ended']);
    const [back] = backends;
    if (back === undefined) return expect.fail();
    bed.register(back);
    await bed.expectServing(back);
    await throughout(() => bed.serves(back), { durationMs: 300 });
  });

  it('does not hold as many that said that they leave', async () => {
    const { backends, nodes } = await start(4);
    for (const node of nodes.slice(1)) bed.zookeeper.depart(bed.path, node, 'stopped');
    await bed.expectServing(...backends.slice(0, 1));
    expect(bed.logger.events()).not.to.include('instance-guarded');
  });

  it('lets go of those who come back or say after all that they leave', async () => {
    const { backends, nodes } = await start(4);
    vanish(nodes.slice(1));
    await eventually(async () => expect(await guarded()).to.have.length(3));
    const [, back, said] = backends;
    if (back === undefined || said === undefined) return expect.fail();
    bed.register(back);
    bed.zookeeper.loseWatches();
    bed.zookeeper.depart(bed.path, bed.register(said), 'drained');
    bed.zookeeper.connect();
    await bed.expectServing(...backends.filter((one) => one !== said));
    await eventually(async () => expect(await guarded()).to.have.length(1));
  });

  it('holds for a set time', async () => {
    bed.configure({ service: { guard: { hold_seconds: 1 } } });
    const { backends, nodes } = await start(3);
    vanish(nodes.slice(1));
    await eventually(() => expect(bed.logger.events()).to.include('instance-guarded'));
    await bed.expectServing(...backends.slice(0, 1));
    expect(bed.logger.lines.findLast(({ event }) => event === 'instance-released')).to.include({
      reason: 'expired',
    });
  });

  it('holds nobody where it is switched off, and nobody whom HAProxy does not check', async () => {
    bed.configure({ service: { guard: null } });
    const { backends, nodes } = await start(3);
    vanish(nodes.slice(1));
    await bed.expectServing(...backends.slice(0, 1));
    bed.configure({ web: { server_options: '' } });
    await bed.synapse().reload();
    for (const backend of backends.slice(1)) nodes.push(bed.register(backend));
    await bed.expectServing(...backends);
    vanish(nodes.slice(3));
    await bed.expectServing(...backends.slice(0, 1));
  });

  it('still holds them after a restart, until the same time', async () => {
    const { backends, nodes } = await start(3);
    vanish(nodes.slice(1));
    await eventually(async () => expect(await guarded()).to.have.length(2));
    await bed.synapse().stop();
    // Neither with a registry to ask nor without one.
    await bed.startSynapse();
    await throughout(() => bed.serves(...backends), { durationMs: 500 });
    bed.zookeeper.connect();
    await throughout(() => bed.serves(...backends), { durationMs: 500 });
    expect(await guarded()).to.have.length(2);
  });

  it('keeps them when another service changes', async () => {
    const port = await freePort();
    const other = { path: '/test/services/other/services', hosts: ['127.0.0.1:2181'] };
    bed.configure({
      services: { other: { discovery: { method: 'zookeeper', ...other }, haproxy: { port } } },
    });
    const { backends, nodes } = await start(3);
    vanish(nodes.slice(1));
    await eventually(async () => expect(await guarded()).to.have.length(2));
    const { name, port: backendPort } = await bed.backend('other');
    const data = encodeRegistration({ host: '127.0.0.1', port: backendPort, name });
    bed.zookeeper.create(other.path, `${name}_`, data);
    await eventually(async () => {
      expect((await request(`http://127.0.0.1:${port}/`)).body).to.equal('other');
    });
    expect(await guarded()).to.have.length(2);
    await bed.serves(...backends);
  });

  it('keeps all when the rest of the list vanishes too', async () => {
    const { backends, nodes } = await start(4);
    vanish(nodes.slice(1));
    await eventually(async () => expect(await guarded()).to.have.length(3));
    vanish(nodes.slice(0, 1));
    await throughout(() => bed.serves(...backends), { durationMs: 500 });
    // One is back: that the others are missing is the same loss as before.
    const [first] = backends;
    if (first !== undefined) bed.register(first);
    await throughout(() => bed.serves(...backends), { durationMs: 500 });
  });

  describe('because its sessions of ZooKeeper expired', function () {
    this.timeout(60_000);
    let ensemble: Ensemble;
    const sessions: ObservedSession[] = [];

    before(async () => {
      ensemble = await startEnsemble(1);
    });
    after(async () => {
      await Promise.all(sessions.map(({ session }) => session.close()));
      await ensemble.stop();
    });

    it('loses no request while the instances live', async () => {
      const backends: TestBackend[] = [];
      for (let index = 0; index < 5; index += 1) {
        const backend = await bed.backend(`node${index}`);
        const { name, port } = backend;
        const own = openSession({ hosts: ensemble.hosts });
        await own.connected();
        await own.session.ensurePath(bed.path);
        const data = encodeRegistration({ host: '127.0.0.1', port, name });
        const path = `${bed.path}/${name}_`;
        await own.session.commit([{ kind: 'create', path, data, mode: 'ephemeral_sequential' }]);
        sessions.push(own);
        backends.push(backend);
      }
      await bed.startSynapse(() => openSession({ hosts: ensemble.hosts }).session);
      await bed.haproxy.start();
      await bed.expectServing(...backends);
      const traffic = bed.startTraffic();
      // Its end does to the registry what its expiry does, one listing each or all in one.
      await Promise.all(sessions.slice(1).map(({ session }) => session.close()));
      await eventually(async () => expect(await guarded()).to.have.length(4));
      // Those that left before they were too many are back.
      await bed.expectServing(...backends);
      await throughout(() => bed.serves(...backends), { durationMs: 1_000 });
      const dead = backends.at(-1);
      dead?.setHealthy(false);
      await bed.expectServing(...backends.slice(0, -1));
      await traffic.stop();
      expect([...traffic.failures]).to.deep.equal([]);
    });
  });
});
