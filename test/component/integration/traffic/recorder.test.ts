import { expect } from 'chai';
import { SshClient } from '../../../../infra/ssh/client.ts';
import type {
  Flow,
  TrafficKind,
  TrafficRecord,
  TrafficRecorder,
} from '../../../integration/traffic/record.ts';
import { startTrafficOver } from '../../../integration/traffic/recorder.ts';
import { eventually } from '../../../support/eventually.ts';
import { freePort } from '../../../support/free-ports.ts';
import { startSshd, type TestSshd } from '../../../support/sshd.ts';
import {
  type Behaviour,
  type FickleServer,
  startFickleEcho,
  startFickleHttp,
} from './fickle-servers.ts';

const kinds = ['http-keepalive', 'http-fresh', 'tcp-fresh', 'tcp-held'] as const;
const perSecond = 20;

describe('traffic', () => {
  let sshd: TestSshd;
  let http: FickleServer;
  let echo: FickleServer;

  before(async () => {
    [sshd, http, echo] = await Promise.all([
      startSshd(),
      startFickleHttp('web_1'),
      startFickleEcho('echo_1'),
    ]);
  });
  after(async () => {
    await Promise.all([sshd, http, echo].map((server) => server.stop()));
  });
  afterEach(() => behave('answer'));

  function behave(behaviour: Behaviour): void {
    http.behave(behaviour);
    echo.behave(behaviour);
  }

  function flow(kind: TrafficKind, giveUpMs: number): Flow {
    const localPort = kind.startsWith('http') ? http.port : echo.port;
    const service = kind.startsWith('http') ? 'web' : 'echo';
    return { host: 'here', service, kind, localPort, path: '/ping', perSecond, giveUpMs };
  }

  function start(flows: readonly Flow[]): Promise<TrafficRecorder> {
    const connect = (_host: string, signal: AbortSignal): Promise<SshClient> => {
      const { port, user, privateKey, hostKey } = sshd;
      const target = { host: '127.0.0.1', port, user, privateKey, hostKey };
      return SshClient.connect({ ...target, dialErrorLimit: 1, perDialTimeout: 5 }, { signal });
    };
    return startTrafficOver({ connect, node: process.execPath }, flows);
  }

  /** All of every kind, while the servers behave. */
  async function recordWhile(
    behaviour: Behaviour,
    giveUpMs = 10_000,
  ): Promise<readonly TrafficRecord[]> {
    const traffic = await start(kinds.map((kind) => flow(kind, giveUpMs)));
    behave(behaviour);
    await enough(traffic, () => true);
    const changedAtMs = Date.now();
    await enough(traffic, ({ atMs }) => atMs > changedAtMs);
    return (await traffic.stop()).filter(({ atMs }) => atMs > changedAtMs);
  }

  /** Resolves once there are some of every kind. */
  async function enough(
    traffic: TrafficRecorder,
    wanted: (record: TrafficRecord) => boolean,
  ): Promise<void> {
    await eventually(() => {
      for (const kind of kinds) {
        const found = traffic.records().filter((record) => record.kind === kind && wanted(record));
        expect(found.length, kind).to.be.at.least(5);
      }
    });
  }

  function causes(records: readonly TrafficRecord[]): Readonly<Record<string, readonly string[]>> {
    const of = (kind: TrafficKind): readonly string[] => [
      ...new Set(
        records
          .filter((record) => record.kind === kind)
          .map((record) => (record.ok ? 'ok' : record.cause)),
      ),
    ];
    return Object.fromEntries(kinds.map((kind) => [kind, of(kind)]));
  }

  it('records every request: who answered, and over which connection', async () => {
    const records = await recordWhile('answer');
    expect(records.every(({ ok }) => ok)).to.equal(true);
    const instances = Map.groupBy(records, (record) => (record.ok ? record.instance : ''));
    expect([...instances.keys()].sort()).to.deep.equal(['echo_1', 'web_1']);
    const connections = (kind: TrafficKind): number =>
      new Set(records.filter((it) => it.kind === kind).map(({ connectedAtMs }) => connectedAtMs))
        .size;
    const requests = (kind: TrafficKind): number => records.filter((it) => it.kind === kind).length;
    expect(connections('tcp-held')).to.equal(1);
    expect(connections('http-keepalive')).to.be.lessThan(requests('http-keepalive'));
    expect(connections('http-fresh')).to.equal(requests('http-fresh'));
    expect(connections('tcp-fresh')).to.equal(requests('tcp-fresh'));
  });

  it('shows a stall as late answers, not as fewer requests', async () => {
    const traffic = await start(kinds.map((kind) => flow(kind, 30_000)));
    const stalledAtMs = Date.now();
    behave('stall');
    await eventually(() =>
      expect(traffic.live().sent).to.be.at.least(kinds.length * perSecond * 2),
    );
    const answeredAtMs = Date.now();
    behave('answer');
    const records = await traffic.stop();
    for (const kind of kinds) {
      const during = records.filter(
        (it) => it.kind === kind && it.atMs > stalledAtMs + 50 && it.atMs < answeredAtMs - 50,
      );
      expect(during.length, kind).to.be.greaterThan(perSecond / 2);
      for (const [index, { atMs }] of during.entries()) {
        const before = during[index - 1]?.atMs ?? atMs - 1_000 / perSecond;
        expect(atMs - before, kind).to.be.closeTo(1_000 / perSecond, 0.5);
      }
      for (const record of during) {
        expect(record.ok, kind).to.equal(true);
        expect(record.atMs + record.latencyMs, kind).to.be.at.least(answeredAtMs - 2);
      }
    }
    expect(traffic.gaps()).to.deep.equal([]);
  });

  const expected: Readonly<Record<Exclude<Behaviour, 'answer' | 'stall'>, readonly string[]>> = {
    reset: ['reset', 'reset', 'reset', 'reset'],
    end: ['closed', 'closed', 'closed', 'closed'],
    cut: ['cut short', 'cut short', 'closed', 'closed'],
    'refuse with 503': ['status 503', 'status 503', 'wrong answer', 'wrong answer'],
    babble: [
      'error HPE_INVALID_CONSTANT',
      'error HPE_INVALID_CONSTANT',
      'wrong answer',
      'wrong answer',
    ],
  };
  for (const behaviour of ['reset', 'end', 'cut', 'refuse with 503', 'babble'] as const) {
    it(`says why requests failed: ${behaviour}`, async () => {
      const found = causes(await recordWhile(behaviour));
      const wanted = kinds.map((kind, index) => [kind, [expected[behaviour][index]]]);
      expect(found).to.deep.equal(Object.fromEntries(wanted));
    });
  }

  it('gives up in time, and does not hang on what is lost', async () => {
    const records = await recordWhile('stall', 200);
    expect(new Set(Object.values(causes(records)).flat())).to.deep.equal(new Set(['timeout']));
    // A timer may fire a fraction of a millisecond early.
    for (const { latencyMs } of records) expect(latencyMs).to.be.at.least(199);
  });

  it('says that nobody listens', async () => {
    const localPort = await freePort();
    const flows = kinds.map((kind) => ({ ...flow(kind, 5_000), localPort }));
    const traffic = await start(flows);
    await enough(traffic, ({ ok }) => !ok);
    const records = await traffic.stop();
    expect(new Set(Object.values(causes(records)).flat())).to.deep.equal(new Set(['refused']));
    expect(traffic.live()).to.deep.equal({ sent: records.length, failed: records.length });
  });

  it('ends by itself on a host that lost us, and sends again when the host is back', async () => {
    const traffic = await start(kinds.map((kind) => flow(kind, 5_000)));
    await enough(traffic, () => true);
    const lost = sshd;
    await lost.kill();
    await eventually(() => expect(traffic.lost()).to.have.length(1));
    // Only the end of the program closes the connection that it holds.
    await eventually(() => expect(echo.connections()).to.equal(0));
    const before = traffic.records().length;
    sshd = await startSshd();
    await eventually(() => expect(traffic.lost()).to.deep.equal([]));
    await eventually(() => expect(traffic.records().length).to.be.greaterThan(before + 20));
    const records = await traffic.stop();
    await lost.stop();
    expect(records.every(({ ok }) => ok)).to.equal(true);
    const [gap, ...more] = traffic.gaps();
    expect(more).to.deep.equal([]);
    expect(gap?.toAtMs).to.be.greaterThan(gap?.fromAtMs ?? Infinity);
  });

  it('says which host cannot send', async () => {
    const connect = async (): Promise<SshClient> => {
      throw new Error('no such host');
    };
    const started = startTrafficOver({ connect, node: 'node' }, [flow('tcp-fresh', 1_000)]);
    const fault = await started.then(
      () => 'started',
      (error: unknown) => String(error),
    );
    expect(fault).to.equal('Error: here sends no traffic: no such host');
  });
});
