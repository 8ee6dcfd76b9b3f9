import { Buffer } from 'node:buffer';
import { expect } from 'chai';
import { createClient, State } from 'node-zookeeper-client';
import { during, eventually, throughout } from '../../../support/eventually.ts';
import { startHealthServer } from '../../../support/health-server.ts';
import {
  createNerveBed,
  dataOf,
  longSessionMs,
  type NerveBed,
  registrationOf,
  sessionTimeoutMs,
} from '../../../support/nerve-bed.ts';
import { startTcpProxy, type TcpProxy } from '../../../support/tcp-proxy.ts';
import { type Ensemble, startEnsemble } from '../../../support/zookeeper.ts';

describe('nerve against a real ensemble', function () {
  this.timeout(60_000);
  let ensemble: Ensemble;
  let bed: NerveBed;
  let proxy: TcpProxy | undefined;

  before(async () => {
    ensemble = await startEnsemble(3);
  });
  after(() => ensemble.stop());
  afterEach(async () => {
    await ensemble.heal();
    await bed.close();
    await proxy?.close();
    proxy = undefined;
  });

  const setUp = async (): Promise<void> => {
    bed = await createNerveBed(ensemble.hosts);
    await bed.writeService('web', bed.service());
  };
  /** nerve reaches the ensemble through a proxy only. */
  const setUpProxied = async (): Promise<TcpProxy> => {
    const started = await startTcpProxy(ensemble.members[0]?.clientPort ?? 0);
    proxy = started;
    bed = await createNerveBed([started.address], ensemble.hosts);
    await bed.writeService('web', bed.service());
    return started;
  };

  describe('follows the checks', () => {
    beforeEach(setUp);

    it('registers what passes, as an ephemeral sequential node with the original data', async () => {
      await bed.start();
      const child = await bed.onlyRegistration(registrationOf(bed));
      expect(child).to.match(/^node_1_\d{10}$/);
      const node = await bed.observer.read(`${bed.zkPath}/${child}`);
      expect(node?.ephemeralOwner).to.be.a('string');
    });

    it('takes it out when it fails and brings it back when it passes again', async () => {
      await bed.start();
      await bed.onlyRegistration();
      bed.backend.respond(500);
      await bed.noRegistration();
      bed.backend.respond(200);
      await bed.onlyRegistration(registrationOf(bed));
    });

    it('takes a hanging service out', async () => {
      await bed.start();
      await bed.onlyRegistration();
      bed.backend.hang();
      await bed.noRegistration();
    });

    it('does not register what never passed, and removes what an earlier nerve left', async () => {
      await bed.writeMain({ zk_session_timeout_ms: longSessionMs });
      const first = await bed.start();
      await bed.onlyRegistration();
      const startMs = performance.now();
      first.abandon();
      bed.backend.respond(404);
      await bed.start();
      await bed.noRegistration();
      // By itself it goes when the session has expired, counted from its last sign of life.
      expect(performance.now() - startMs).to.be.below(longSessionMs / 2);
    });

    it('rides the registration in the name with use_path_encoding', async () => {
      await bed.writeService('web', bed.service({ use_path_encoding: true }));
      await bed.start();
      const child = await bed.onlyRegistration(registrationOf(bed));
      expect(child).to.match(/^base64_\d+_[\w=-]+_\d{10}$/);
    });
  });

  describe('while ZooKeeper fails', () => {
    it('registers anew after its session expired, exactly once', async () => {
      const between = await setUpProxied();
      await bed.start();
      const before = await bed.onlyRegistration();
      between.freeze();
      await bed.noRegistration();
      between.thaw();
      const after = await bed.onlyRegistration(registrationOf(bed));
      expect(after).to.not.equal(before);
    });

    it('keeps its node through a lost connection', async () => {
      const between = await setUpProxied();
      const { logger } = await bed.start();
      const before = await bed.onlyRegistration();
      between.cutAll();
      await eventually(() => expect(logger.events()).to.include('zookeeper-connection-lost'));
      await throughout(
        async () => expect(Object.keys(await bed.registrations())).to.deep.equal([before]),
        { durationMs: 1_000 },
      );
    });

    it('takes out what was removed meanwhile, and nothing that came back', async () => {
      const between = await setUpProxied();
      await bed.writeMain({ zk_session_timeout_ms: longSessionMs });
      const service = (name: string, port: number): Promise<void> =>
        bed.writeService(name, bed.service({ port, checks: [] }));
      await service('gone', 1);
      await service('moved', 2);
      await service('back', 3);
      const { nerve } = await bed.start();
      const ports = async (): Promise<unknown> =>
        Object.values(await bed.registrations()).map((data) => Object(data).port);
      await eventually(async () =>
        expect(await ports()).to.have.members([1, 2, 3, bed.backend.port]),
      );
      between.freeze();
      between.cutAll();
      await bed.removeService('gone');
      await bed.removeService('back');
      await service('moved', 4);
      await nerve.reload();
      await service('back', 3);
      await nerve.reload();
      between.thaw();
      between.cutAll();
      await eventually(async () => expect(await ports()).to.have.members([3, 4, bed.backend.port]));
    });

    it('creates no second node when the answer to the first was lost', async () => {
      const between = await setUpProxied();
      bed.backend.respond(500);
      const { logger, nerve } = await bed.start();
      await eventually(() => expect(nerve.status.services[0]?.health).to.equal('down'));
      await eventually(() => expect(nerve.status.services[0]?.reports[0]?.settled).to.equal(true));
      between.cutAfter(0);
      bed.backend.respond(200);
      await eventually(() => expect(logger.events()).to.include('report-failed'));
      await bed.onlyRegistration(registrationOf(bed));
      await throughout(() => bed.onlyRegistration(), { durationMs: 500 });
    });

    it('is right again by itself after the return of the whole ensemble', async () => {
      await setUp();
      await bed.writeService('other', bed.service({ host: '127.0.0.2', checks: [] }));
      await bed.start();
      await eventually(async () => {
        expect(Object.keys(await bed.registrations())).to.have.length(2);
      });
      await Promise.all(ensemble.members.map((member) => member.kill()));
      bed.backend.respond(500);
      await throughout(() => undefined, { durationMs: 2 * sessionTimeoutMs });
      await ensemble.heal();
      await eventually(async () => {
        const left = Object.values(await bed.registrations());
        expect(left).to.deep.equal([{ host: '127.0.0.2', port: bed.backend.port, name: 'node_1' }]);
      });
    });

    it('starts without ZooKeeper and registers when it comes', async () => {
      await setUp();
      await Promise.all(ensemble.members.map((member) => member.kill()));
      const { nerve } = await bed.start();
      await eventually(() => expect(nerve.status.services[0]?.health).to.equal('up'));
      await ensemble.heal();
      await bed.onlyRegistration(registrationOf(bed));
    });
  });

  describe('against others who write', () => {
    beforeEach(setUp);

    it('brings a deleted node back', async () => {
      await bed.start();
      const child = await bed.onlyRegistration();
      await bed.observer.commit([{ kind: 'delete', path: `${bed.zkPath}/${child}` }]);
      await eventually(async () => {
        expect(await bed.onlyRegistration(registrationOf(bed))).to.not.equal(child);
      });
    });

    it('replaces a node whose data somebody overwrote', async () => {
      await bed.start();
      const child = await bed.onlyRegistration();
      await overwrite(ensemble.hosts[0] ?? '', `${bed.zkPath}/${child}`, '{"host":"evil"}');
      await eventually(async () => {
        expect(await bed.onlyRegistration(registrationOf(bed))).to.not.equal(child);
      });
    });

    it('leaves the nodes of other instances alone', async () => {
      const others = [
        { host: '127.0.0.1', port: bed.backend.port, name: 'node_10' },
        { host: '127.0.0.1', port: 1, name: 'node_1' },
      ];
      await bed.observer.ensurePath(bed.zkPath);
      const mode = 'persistent_sequential';
      await bed.observer.commit(
        others.map((one) => ({
          kind: 'create',
          path: `${bed.zkPath}/${one.name}_`,
          data: dataOf(one),
          mode,
        })),
      );
      const { nerve } = await bed.start();
      await eventually(async () => {
        expect(Object.values(await bed.registrations())).to.have.deep.members([
          ...others,
          registrationOf(bed),
        ]);
      });
      await nerve.stop();
      expect(Object.values(await bed.registrations())).to.have.deep.members(others);
    });
  });

  describe('over its own life', () => {
    beforeEach(setUp);

    it('deregisters before it has stopped', async () => {
      const { nerve } = await bed.start();
      await bed.onlyRegistration();
      await nerve.stop();
      expect(await bed.registrations()).to.deep.equal({});
    });

    it('replaces the node of a nerve that crashed, in one step', async () => {
      const first = await bed.start();
      const before = await bed.onlyRegistration();
      first.abandon();
      const replaced = async (): Promise<void> => {
        await bed.start();
        await eventually(async () => expect(await bed.registrations()).not.to.have.key(before));
      };
      await during(replaced(), async () => {
        expect(Object.keys(await bed.registrations())).to.have.length(1);
      });
      await bed.onlyRegistration(registrationOf(bed));
      // Nor does the end of the crashed one's session take anything away.
      await throughout(
        async () => expect(Object.keys(await bed.registrations())).to.have.length(1),
        { durationMs: 2 * sessionTimeoutMs },
      );
    });

    it('moves to another port without a gap', async () => {
      const { nerve } = await bed.start();
      await bed.onlyRegistration();
      const other = await startHealthServer();
      const moved = async (): Promise<void> => {
        await bed.writeService('web', bed.service({ port: other.port }));
        await nerve.reload();
        await bed.onlyRegistration({ ...registrationOf(bed), port: other.port });
      };
      await during(moved(), async () => {
        expect(Object.keys(await bed.registrations())).to.not.have.length(0);
      });
      await other.close();
    });
  });
});

/** The session of ours cannot do this: nobody in this project overwrites data. */
function overwrite(host: string, path: string, data: string): Promise<void> {
  const client = createClient(host, { sessionTimeout: 5_000, spinDelay: 0, retries: 0 });
  return new Promise((resolve, reject) => {
    client.on('state', (state) => {
      if (state !== State.SYNC_CONNECTED) return;
      client.setData(path, Buffer.from(data), (error) => {
        client.close();
        if (error) reject(error);
        else resolve();
      });
    });
    client.connect();
  });
}
