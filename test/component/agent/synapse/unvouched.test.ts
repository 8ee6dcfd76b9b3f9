import { expect } from 'chai';
import type { TestBackend } from '../../../support/backend.ts';
import { eventually, throughout } from '../../../support/eventually.ts';
import { createSynapseBed, type SynapseBed } from '../../../support/synapse-bed.ts';
import { request } from '../../../support/traffic.ts';

describe('synapse and an instance that nobody vouches for', () => {
  let bed: SynapseBed;

  beforeEach(async () => {
    bed = await createSynapseBed();
  });

  afterEach(() => bed.destroy());

  it('takes traffic once HAProxy has found it up, one that nerve registered at once', async () => {
    const [first, sick, vouched] = [
      await bed.backend('first'),
      await bed.backend('sick'),
      await bed.backend('vouched'),
    ];
    sick.setHealthy(false);
    bed.register(first);
    await bed.startServing(first);
    // nerve's word counts until HAProxy's own check has failed, here in seconds.
    const node = bed.register(sick, { haproxy_server_options: 'inter 5s' });
    await eventually(async () => expect(await bed.server(sick)).to.include({ up: true }));
    bed.zookeeper.depart(bed.path, node, 'failing');
    await bed.expectServing(first);
    const traffic = bed.startTraffic();
    bed.configure({
      service: {
        discovery: {
          method: 'multi',
          watchers: {
            nerve: { method: 'zookeeper', path: bed.path, hosts: ['127.0.0.1:2181'] },
            dns: { method: 'dns', servers: [{ host: '127.0.0.1', port: sick.port, name: 'sick' }] },
          },
          resolver: { method: 'union' },
        },
      },
    });
    await bed.synapse().reload();
    bed.register(vouched);
    await eventually(() => expect(vouched.answered).to.be.greaterThan(5));
    await throughout(() => expect(sick.answered).to.equal(0), { durationMs: 700 });
    sick.setHealthy(true);
    await eventually(() => expect(sick.answered).to.be.greaterThan(5));
    await traffic.stop();
    expect([...traffic.failures]).to.deep.equal([]);
    expect((await request(bed.url)).status).to.equal(200);
  });

  describe('that HAProxy finds in its file', () => {
    let well: TestBackend;
    let sick: readonly TestBackend[];
    const web = {
      server_options: 'check inter 3s rise 1 fall 1',
      listen: ['option httpchk GET /health', 'cookie who insert'],
    };

    beforeEach(async () => {
      well = await bed.backend('well');
      // HAProxy spreads first checks over the interval: the first may be found ill at once.
      sick = await Promise.all(['sick1', 'sick2', 'sick3'].map((name) => bed.backend(name)));
      for (const one of sick) one.setHealthy(false);
    });

    const configure = (): void => {
      const servers = [...sick, well].map(({ name, port }) => ({ host: '127.0.0.1', port, name }));
      bed.configure({ web, service: { discovery: { method: 'dns', servers } } });
    };
    const expectOnlyWell = async (): Promise<void> => {
      await eventually(async () =>
        expect(await request(bed.url)).to.deep.equal({ status: 200, body: 'well' }),
      );
      expect(sick.map(({ answered }) => answered)).to.deep.equal([0, 0, 0]);
    };

    it('is not up before its first check, after a reload', async () => {
      // The text that comes with the instances is another one: no version does without a reload.
      const before = { ...web, listen: ['option httpchk GET /health'] };
      bed.configure({ web: before, service: { discovery: { method: 'base' } } });
      await bed.startSynapse();
      await bed.haproxy.start();
      await eventually(() => bed.haproxy.master.ask('show proc'));
      configure();
      await bed.synapse().reload();
      await eventually(() => expect(bed.logger.events()).to.include('proxy-reloaded'));
      await expectOnlyWell();
    });

    it('is not up before its first check, after a start', async () => {
      configure();
      await bed.startSynapse();
      await bed.haproxy.start();
      await expectOnlyWell();
      expect(bed.logger.events()).not.to.include('proxy-reloaded');
    });
  });
});
