import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { systemClock } from '../../../../agent/lib/clock.ts';
import { createStatsd, type StatsdOptions } from '../../../../agent/lib/statsd.ts';
import { eventually } from '../../../support/eventually.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';
import { startUdpServer, type UdpServer } from '../../../support/udp-server.ts';

describe('createStatsd', () => {
  let server: UdpServer;

  beforeEach(async () => {
    server = await startUdpServer();
  });
  afterEach(() => server.close());

  const create = (options: Partial<StatsdOptions> = {}) => {
    const logger = createRecordingLogger();
    const { port } = server;
    const common = { host: '127.0.0.1', port, clock: systemClock, random: Math.random, logger };
    return { logger, statsd: createStatsd({ ...common, ...options }) };
  };
  const heard = (count: number): Promise<readonly string[]> =>
    eventually(() => {
      expect(server.lines()).to.have.length(count);
      return server.lines();
    });

  it('speaks the dialect of the originals', async () => {
    const { statsd } = create();
    statsd.increment('nerve.watcher.start', { service_name: 'web' });
    statsd.increment('a', {}, 5);
    statsd.gauge('b', -1.5, { x: '1', y: '2' });
    statsd.observe('c.elapsed_time', 12.25);
    expect(await heard(4)).to.deep.equal([
      'nerve.watcher.start:1|c|#service_name:web',
      'a:5|c',
      'b:-1.5|g|#x:1,y:2',
      'c.elapsed_time:12.25|ms',
    ]);
    expect(server.datagrams).to.have.length(1);
    await statsd.close();
  });

  it('puts the prefix first, and sends the share that is asked for, saying so', async () => {
    const draws = [0.09, 0.1, 0.9, 0];
    const { statsd } = create({
      prefix: 'eu',
      sampleRates: new Map([['ping', 0.1]]),
      random: () => draws.shift() ?? 0,
    });
    for (let count = 0; count < 4; count += 1) statsd.increment('ping', { a: 'b' });
    statsd.increment('pong');
    await statsd.close();
    expect(await heard(3)).to.deep.equal([
      'eu.ping:1|c|@0.1|#a:b',
      'eu.ping:1|c|@0.1|#a:b',
      'eu.pong:1|c',
    ]);
  });

  it('lets nothing in a name or tag become another one', async () => {
    const { statsd } = create();
    statsd.increment('a:1|c\nforged', { 'k:|#,@': 'v:|#,@\r\n\0 \u2028x', ok: 'ü-./_' });
    statsd.increment('b', { long: 'x'.repeat(5_000) });
    statsd.gauge('nan', Number.NaN);
    statsd.observe('endless', Number.POSITIVE_INFINITY);
    await statsd.close();
    expect(await heard(2)).to.deep.equal([
      'a_1_c_forged:1|c|#k_____:v__________x,ok:ü-./_',
      `b:1|c|#long:${'x'.repeat(200)}`,
    ]);
  });

  it('fills datagrams that no network splits, and sends each as soon as it is full', async () => {
    const clock = createFakeClock();
    const { statsd } = create({ clock });
    for (let index = 0; index < 500; index += 1) statsd.increment(`name.${index}`, { tag: 'ü' });
    // No time passes on this clock: full ones go without. What comes then waits for company again.
    await heard(500);
    const before = server.datagrams.length;
    for (const data of server.datagrams) expect(data.length).to.be.at.most(1_400);
    for (const data of server.datagrams.slice(0, -1)) expect(data.length).to.be.above(1_370);
    statsd.increment('last');
    await eventually(() => expect(clock.nextWakeMs()).to.equal(100));
    expect(server.datagrams).to.have.length(before);
    await clock.advance(100);
    expect((await heard(501)).at(-1)).to.equal('last:1|c');
    await statsd.close();
  });

  it('keeps a bounded lot while the host has no address, and sends it later', async () => {
    const clock = createFakeClock();
    let resolvable = false;
    const { statsd, logger } = create({
      clock,
      host: 'metrics.test',
      resolve: async () => {
        if (!resolvable) throw new Error('no such name');
        return { address: '127.0.0.1', family: 4 };
      },
    });
    for (let index = 0; index < 20_000; index += 1) statsd.increment(`n.${index}`);
    await clock.advance(100);
    expect(logger.events()).to.deep.equal(['host-unresolved']);
    resolvable = true;
    await clock.advance(60_000);
    statsd.increment('after');
    await clock.advance(100);
    const lines = await eventually(() => {
      expect(server.lines().at(-1)).to.equal('after:1|c');
      return server.lines();
    });
    expect(server.datagrams).to.have.length(65);
    expect(lines.length).to.be.within(5_000, 9_000);
    expect(lines.at(-2)).to.equal('n.19999:1|c');
    await statsd.close();
  });

  it('loses what cannot be sent without a word, and goes on', async () => {
    const addresses = ['0.0.0.0.bad', '127.0.0.1'];
    const clock = createFakeClock();
    const { statsd, logger } = create({
      clock,
      resolve: async () => ({ address: addresses.shift() ?? '127.0.0.1', family: 4 }),
    });
    statsd.increment('lost');
    await clock.advance(100);
    await clock.advance(60_000);
    await eventually(async () => {
      statsd.increment('a');
      await clock.advance(100);
      expect(server.lines()).to.include('a:1|c');
    });
    expect(server.lines()).not.to.include('lost:1|c');
    expect(logger.lines).to.deep.equal([]);
    await statsd.close();
  });

  it('takes nothing more once it is closed, and closes twice', async () => {
    const { statsd } = create();
    statsd.increment('a');
    await heard(1);
    await statsd.close();
    statsd.increment('b');
    await statsd.close();
    const other = create().statsd;
    other.increment('c');
    expect(await heard(2)).to.deep.equal(['a:1|c', 'c:1|c']);
    await other.close();
  });

  it('waits for no resolver when it is closed', async () => {
    const { statsd } = create({ resolve: () => new Promise(() => undefined) });
    statsd.increment('a');
    await statsd.close();
  });

  it('does not keep a process that is done', async () => {
    const url = (path: string): string =>
      JSON.stringify(new URL(`../../../../agent/lib/${path}.ts`, import.meta.url).href);
    const program = `
      import { systemClock as clock } from ${url('clock')};
      import { createLogger } from ${url('logger')};
      import { createStatsd } from ${url('statsd')};
      const logger = createLogger({ clock, level: 'info', write: console.log });
      const options = { host: '127.0.0.1', port: ${server.port}, clock, logger, random: Math.random };
      createStatsd(options).increment('from.child');
    `;
    const args = ['--input-type=module', '--eval', program];
    const cwd = fileURLToPath(new URL('../../../..', import.meta.url));
    await promisify(execFile)(process.execPath, args, { cwd, timeout: 15_000 });
    expect(await heard(1)).to.deep.equal(['from.child:1|c']);
  });
});
