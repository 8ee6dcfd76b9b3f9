import { expect } from 'chai';
import { createPrometheus } from '../../../../agent/lib/prometheus.ts';
import { createTurnstile } from '../../../../agent/lib/turnstile.ts';
import { createCompany } from '../../../../agent/nerve/checking/company.ts';
import type { ServiceDefinition } from '../../../../agent/nerve/definition.ts';
import { createNerveMetrics } from '../../../../agent/nerve/metrics/create-metrics.ts';
import { families } from '../../../../agent/nerve/metrics/families.ts';
import type { Reporter } from '../../../../agent/nerve/reporters/reporter.ts';
import { Service, type ServiceOptions } from '../../../../agent/nerve/service.ts';
import { createFakeClock, settle } from '../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../support/recording-logger.ts';

const definition: ServiceDefinition = {
  name: 'web',
  host: '10.0.0.5',
  port: 80,
  intervalMs: 1_000,
  fastIntervalMs: 100,
  mocked: true,
  crashWatch: false,
  checks: [],
  registration: { host: '10.0.0.5', port: 80, name: 'node_1', weight: 100 },
  places: [{ type: 'file', path: '/web.json' }],
  rateLimit: undefined,
  preUp: undefined,
  preDown: undefined,
  warmUpMs: 20_000,
};

describe('Service', () => {
  const setUp = (changes: Partial<ServiceOptions> = {}) => {
    const surroundings = {
      clock: createFakeClock(),
      random: () => 0.5,
      logger: createRecordingLogger(),
    };
    /** The weights that it was registered with, and its departures; the same again is no news. */
    const told: (number | string | undefined)[] = [];
    const tell = (what: number | string | undefined): void => {
      if (told.at(-1) !== what) told.push(what);
    };
    const reporter: Reporter = {
      up: ({ weight }) => tell(weight),
      down: (reason) => tell(reason),
      status: { wanted: undefined, registered: undefined, settled: true },
      settled: async () => undefined,
      stop: async () => undefined,
      leave: async () => undefined,
    };
    const service = new Service({
      ...surroundings,
      definition,
      overrides: {},
      hostDrained: undefined,
      wasUp: false,
      runCheck: async () => ({ passed: true }),
      turnstile: createTurnstile(1),
      company: createCompany(surroundings),
      runHook: async () => ({ ok: true }),
      metrics: createNerveMetrics({ ...surroundings, prometheus: createPrometheus(families) }),
      onChange: () => undefined,
      startReporter: () => reporter,
      ...changes,
    });
    return { clock: surroundings.clock, service, told };
  };
  const rising = [10, 20, 30, 40, 50, 60, 70, 80, 90, 100];

  it('warms up once it is registered', async () => {
    const { clock, told } = setUp();
    await clock.advance(60_000);
    expect(told).to.deep.equal(rising);
  });

  it('warms up after a drain, however long its checks have passed', async () => {
    const { clock, service, told } = setUp({ overrides: { drained: { reason: 'deploy' } } });
    await clock.advance(60_000);
    service.override(() => ({}));
    expect(told).to.deep.equal(['drained', 10]);
    await clock.advance(1_999);
    expect(told).to.have.length(2);
    await clock.advance(60_000);
    expect(told).to.deep.equal(['drained', ...rising]);
  });

  it('warms up once more after a drain that found it warm', async () => {
    const { clock, service, told } = setUp();
    await clock.advance(60_000);
    service.override(() => ({ drained: { reason: 'deploy' } }));
    service.override(() => ({}));
    await clock.advance(60_000);
    expect(told).to.deep.equal([...rising, 'drained', ...rising]);
  });

  it('loses nothing of it to what leads up to a registration', async () => {
    const { promise: ready, resolve } = Promise.withResolvers<void>();
    const preUp = { command: ['warm'], timeoutMs: 60_000 };
    const { clock, told } = setUp({
      definition: { ...definition, preUp },
      runHook: () => ready.then(() => ({ ok: true })),
    });
    await clock.advance(30_500);
    expect(told).to.deep.equal([]);
    resolve();
    await settle();
    await clock.advance(1_999);
    expect(told).to.deep.equal([10]);
    await clock.advance(1);
    expect(told).to.deep.equal([10, 20]);
    await clock.advance(60_000);
    expect(told).to.deep.equal(rising);
  });

  it('stays at full weight where it was up before a restart', async () => {
    const { clock, told } = setUp({ wasUp: true });
    await clock.advance(60_000);
    expect(told).to.deep.equal([100]);
  });
});
