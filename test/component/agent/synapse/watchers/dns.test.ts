import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { expect } from 'chai';
import { systemClock } from '../../../../../agent/lib/clock.ts';
import { DnsLookup } from '../../../../../agent/synapse/watchers/dns-lookup.ts';
import {
  type DnsRecords,
  startNameServer,
  type TestNameServer,
} from '../../../../support/dnsmasq.ts';
import { eventually, throughout } from '../../../../support/eventually.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';
import type { ServiceInput } from '../../../../support/synapse-config.ts';
import { startWatcher, type WatcherBed } from '../../../../support/watcher-bed.ts';

type DnsInput = Extract<ServiceInput['discovery'], { readonly method: 'dns' }>;

describe('discovery in DNS', function () {
  this.timeout(60_000);
  let names: TestNameServer;
  let bed: WatcherBed | undefined;

  before(async () => {
    names = await startNameServer({});
  });

  after(() => names.stop());

  afterEach(async () => {
    await bed?.stop();
    bed = undefined;
  });

  function discovery(servers: DnsInput['servers'], more: Partial<DnsInput> = {}): DnsInput {
    const nameserver = names.address;
    return { method: 'dns', servers, nameserver, check_interval: 0.1, ...more };
  }

  const serve = (hosts: DnsRecords['hosts'], more: Omit<DnsRecords, 'hosts'> = {}) =>
    names.serve({ hosts: hosts ?? {}, ...more });
  const finds = (...servers: readonly string[]): Promise<unknown> =>
    eventually(() => expect(bed?.servers()).to.have.members(servers));

  it('finds the addresses of names, of both families, and sees them change', async () => {
    await serve({ 'a.test': ['10.0.0.1', '10.0.0.2'], 'b.test': ['fd00::1'] });
    const servers = [
      { host: 'a.test', port: 80, name: 'a', labels: { az: 'one' } },
      { host: 'b.test', port: 81 },
      { host: '10.0.0.9', port: 82 },
    ];
    bed = startWatcher({ discovery: discovery(servers) });
    await finds('a_10.0.0.1:80', 'a_10.0.0.2:80', 'fd00::1:81', '10.0.0.9:82');
    const labels = bed.last().instances.map((one) => one.labels);
    expect(labels.filter(({ az }) => az === 'one')).to.have.length(2);
    await serve({ 'a.test': ['10.0.0.3'], 'b.test': ['fd00::1'] });
    await finds('a_10.0.0.3:80', 'fd00::1:81', '10.0.0.9:82');
  });

  it('believes that a name does not exist, or has no address', async () => {
    await serve({ 'a.test': ['10.0.0.1'] });
    bed = startWatcher({ discovery: discovery([{ host: 'a.test', port: 80 }]) });
    await finds('10.0.0.1:80');
    await serve({});
    await finds();
    await serve({}, { services: { 'a.test': [['b.test', 1, 1, 1]] } });
    await throughout(() => expect(bed?.servers()).to.deep.equal([]), { durationMs: 300 });
    await eventually(() => expect(bed?.watcher.status.watching).to.equal(true));
  });

  it('keeps the addresses while the name server is away, or refuses', async () => {
    await serve({ 'a.test': ['10.0.0.1'], 'b.other': ['10.0.0.2'] });
    const servers = ['a.test', 'b.other'].map((host) => ({ host, port: 80 }));
    bed = startWatcher({ discovery: discovery(servers) });
    await finds('10.0.0.1:80', '10.0.0.2:80');
    // Of the other it knows nothing any more, and nobody to ask.
    await serve({ 'a.test': ['10.0.0.3'] });
    await finds('10.0.0.3:80', '10.0.0.2:80');
    expect(bed.watcher.status.watching).to.equal(false);
    await names.stop();
    await throughout(() => expect(bed?.servers()).to.have.length(2), { durationMs: 500 });
    await serve({ 'a.test': ['10.0.0.4'], 'b.other': ['10.0.0.2'] });
    await finds('10.0.0.4:80', '10.0.0.2:80');
    await eventually(() => expect(bed?.watcher.status.watching).to.equal(true));
  });

  it('gives up on a name server that is silent', async () => {
    await serve({ 'a.test': ['10.0.0.1'] });
    const clock = createFakeClock();
    bed = startWatcher({ discovery: discovery([{ host: 'a.test', port: 80 }]) }, { clock });
    await finds('10.0.0.1:80');
    names.pause();
    await clock.advance(1_000);
    await eventually(async () => {
      await clock.advance(8_000);
      expect(bed?.logger.events()).to.include('source-unreachable');
    });
    expect(bed.servers()).to.deep.equal(['10.0.0.1:80']);
  });

  it('keeps what was known before the start of names that nobody answers for', async () => {
    await serve({ 'a.test': ['10.0.0.1'] });
    const before = ['10.0.0.1', '10.0.0.7'].map((host) => ({ host, port: 80, labels: {} }));
    const servers = ['a.test', 'b.other'].map((host) => ({ host, port: 80 }));
    bed = startWatcher({ discovery: discovery(servers) }, { before });
    await finds('10.0.0.1:80', '10.0.0.7:80');
    await serve({ 'a.test': ['10.0.0.1'], 'b.other': ['10.0.0.2'] });
    await finds('10.0.0.1:80', '10.0.0.2:80');
  });

  it('asks again when an answer is no longer valid', async () => {
    await serve({ 'a.test': ['10.0.0.1'] }, { ttlSeconds: 5 });
    const clock = createFakeClock();
    const slow = discovery([{ host: 'a.test', port: 80 }], { check_interval: 30 });
    bed = startWatcher({ discovery: slow }, { clock });
    await finds('10.0.0.1:80');
    expect(clock.nextWakeMs()).to.equal(5_000);
    await serve({ 'a.test': ['10.0.0.2'] }, { ttlSeconds: 300 });
    await clock.advance(5_000);
    await finds('10.0.0.2:80');
    await eventually(() => expect(clock.nextWakeMs()).to.equal(30_000));
  });

  it('asks again after check_interval where answers are valid for longer', async () => {
    await serve({ 'a.test': ['10.0.0.1'] }, { ttlSeconds: 300 });
    const clock = createFakeClock();
    const often = discovery([{ host: 'a.test', port: 80 }], { check_interval: 7 });
    bed = startWatcher({ discovery: often }, { clock });
    await finds('10.0.0.1:80');
    await eventually(() => expect(clock.nextWakeMs()).to.equal(7_000));
    await serve({ 'a.test': ['10.0.0.2'] }, { ttlSeconds: 300 });
    await clock.advance(7_000);
    await finds('10.0.0.2:80');
  });

  it('finds short names where it is told to search for them', async () => {
    await serve({ 'web.test': ['10.0.0.1'], 'shop.prod.test': ['10.0.0.2'] });
    // Of the first domain the name server knows nothing.
    const searchList = async () => ({ domains: ['other', 'test'], dots: 1 });
    const nameservers = [names.address];
    const lookup = new DnsLookup({ nameservers, clock: systemClock, searchList });
    const addresses = async (name: string) =>
      (await lookup.addresses(name, new AbortController().signal)).records;
    expect(await addresses('web')).to.deep.equal(['10.0.0.1']);
    expect(await addresses('shop.prod')).to.deep.equal(['10.0.0.2']);
    expect(await addresses('web.test.')).to.deep.equal(['10.0.0.1']);
    expect(await addresses('gone.test')).to.deep.equal([]);
  });

  it('takes ports, weights and backups from service records', async () => {
    const name = '_web._tcp.example.test';
    const hosts = { 'a.test': ['10.0.0.1'], 'b.test': ['10.0.0.2'], 'c.test': ['10.0.0.3'] };
    const records = [
      ['a.test', 8_001, 1, 1_000],
      ['b.test', 8_002, 1, 500],
      ['c.test', 8_003, 2, 0],
      ['gone.test', 8_004, 1, 1],
    ] as const;
    await serve(hosts, { services: { [name]: records } });
    bed = startWatcher({ discovery: discovery([name], { record: 'srv' }) });
    await finds('10.0.0.1:8001', '10.0.0.2:8002', '10.0.0.3:8003');
    const ranks = bed.last().instances.map(({ weight, serverOptions }) => [weight, serverOptions]);
    expect(ranks).to.deep.equal([
      [256, undefined],
      [128, undefined],
      [1, 'backup'],
    ]);
    await serve({ ...hosts, 'a.test': ['10.0.0.5'] }, { services: { [name]: [records[0]] } });
    await finds('10.0.0.5:8001');
    await serve({});
    await finds();
  });

  it('names what has no port', async () => {
    await serve({ 'a.test': ['10.0.0.1'] });
    bed = startWatcher({ discovery: discovery(['a.test']) });
    await finds();
    expect(bed.last().rejected).to.deep.equal([
      { node: 'a.test (10.0.0.1)', reason: 'port is no integer from 1 to 65535' },
    ]);
    await bed.stop();
    bed = startWatcher({ discovery: discovery(['a.test']), backend_port_override: 80 });
    await finds('10.0.0.1:80');
  });

  it('takes garbage for no answer', async () => {
    const liar: Socket = createSocket('udp4');
    liar.on('message', (question, { port, address }) => {
      // Its id, and then that it is an answer with 65535 records in three bytes.
      const answer = Buffer.concat([
        question.subarray(0, 2),
        Buffer.from('8180ffffffffffffffff', 'hex'),
      ]);
      liar.send(Buffer.concat([answer, Buffer.from([1, 2, 3])]), port, address);
    });
    liar.bind(0, '127.0.0.1');
    await once(liar, 'listening');
    const nameserver = `127.0.0.1:${liar.address().port}`;
    const clock = createFakeClock();
    try {
      const asked = once(liar, 'message');
      const servers = [{ host: 'a.test', port: 80 }];
      bed = startWatcher({ discovery: discovery(servers, { nameserver }) }, { clock });
      await asked;
      await eventually(async () => {
        await clock.advance(8_000);
        expect(bed?.logger.events()).to.include('source-unreachable');
      });
      expect(bed.found).to.deep.equal([]);
    } finally {
      await bed?.stop();
      bed = undefined;
      liar.close();
    }
  });
});
