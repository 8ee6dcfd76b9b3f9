import { expect } from 'chai';
import { dynamicRequestSchema } from '../../../../../agent/config/nerve-dynamic.ts';
import { DynamicServices } from '../../../../../agent/nerve/lifecycle/dynamic.ts';
import { createFakeClock } from '../../../../support/fake-clock.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';

describe('DynamicServices', () => {
  const setUp = () => {
    const clock = createFakeClock();
    const logger = createRecordingLogger();
    const expired: string[] = [];
    const dynamic = new DynamicServices({
      clock,
      logger,
      onExpired: () => expired.push([...dynamic.all.keys()].join()),
    });
    return { clock, logger, expired, dynamic };
  };
  const request = (changes: object = {}) =>
    dynamicRequestSchema.parse({
      service: 'web',
      port: 9000,
      expires_after_seconds: 10,
      ...changes,
    });
  const context = {
    instanceId: 'node_1',
    template: {
      host: '10.0.0.5',
      zk_hosts: ['a:2181'],
      zk_path: '/env/services/{service}/services',
    },
  };

  it('defines a service at the place that the template names', () => {
    const { dynamic } = setUp();
    dynamic.put('extra', request({ weight: 5 }));
    const definition = dynamic.define(context).get('extra');
    expect(definition).to.deep.include({
      name: 'extra',
      registration: { host: '10.0.0.5', port: 9000, name: 'node_1', weight: 5 },
    });
    expect(definition?.places).to.have.length(1);
    expect(definition?.places[0]).to.deep.include({
      type: 'zookeeper',
      path: '/env/services/web/services',
    });
  });

  it('ends one that is not renewed in time', async () => {
    const { clock, dynamic, expired } = setUp();
    dynamic.put('a', request());
    dynamic.put('b', request({ expires_after_seconds: 15 }));
    await clock.advance(9_000);
    expect(dynamic.renew('a')).to.equal(true);
    expect(dynamic.renew('nobody')).to.equal(false);
    await clock.advance(6_000);
    expect(expired).to.deep.equal(['a']);
    await clock.advance(4_000);
    expect(expired).to.deep.equal(['a', '']);
  });

  it('ends nobody early for a step of the wall clock, and tells the end by the clock as it is', async () => {
    const { clock, dynamic, expired } = setUp();
    dynamic.put('a', request());
    dynamic.put('b', request());
    clock.stepWall(60_000);
    dynamic.renew('a');
    await clock.advance(9_000);
    expect(expired).to.deep.equal([]);
    expect(dynamic.all.get('b')?.expiresAtMs).to.equal(clock.wallMs() + 1_000);
    await clock.advance(1_000);
    expect(expired).to.deep.equal(['']);
  });

  it('keeps one that is checked for ever', async () => {
    const { clock, dynamic, expired } = setUp();
    dynamic.put('a', request({ expires_after_seconds: undefined, checks: [{ type: 'tcp' }] }));
    await clock.advance(1_000_000);
    expect(expired).to.deep.equal([]);
    expect([...dynamic.all.keys()]).to.deep.equal(['a']);
  });

  it('restores what a state file holds, ends what ran out, and leaves garbage out', async () => {
    const { clock, logger, dynamic, expired } = setUp();
    dynamic.restore({
      good: { request: request() },
      late: { request: request({ port: 1 }), expiresAtMs: clock.wallMs() - 1 },
      bad: { request: { service: 'web' } },
    });
    expect([...dynamic.all.keys()]).to.deep.equal(['good', 'late']);
    expect(logger.events()).to.deep.equal(['dynamic-registration-unusable']);
    await clock.advance(0);
    expect(expired).to.deep.equal(['good']);
  });

  for (const [title, changes, message] of [
    [
      'nothing that ends it',
      { expires_after_seconds: undefined },
      'nothing would ever take it out',
    ],
    ['a program to run', { checks: [{ type: 'exec', command: ['id'] }] }, 'type'],
    ['a module to load', { checks: [{ type: 'module', path: '/x.mjs' }] }, 'type'],
    ['a command before it goes up', { pre_up: { command: ['id'] } }, 'pre_up'],
    ['a place of its own', { zk_path: '/elsewhere' }, 'zk_path'],
    ['a warm-up to no weight', { warm_up_seconds: 5 }, 'warm_up_seconds'],
    [
      'a name for TLS that it does not speak',
      { checks: [{ type: 'http', uri: '/', server_name: 'web' }] },
      'server_name',
    ],
    ['a service that leaves the path', { service: '../x' }, 'service'],
  ] as const) {
    it(`refuses a request with ${title}`, () => {
      expect(() => request(changes)).to.throw(message);
    });
  }
});
