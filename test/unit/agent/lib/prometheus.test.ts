import { expect } from 'chai';
import { createPrometheus } from '../../../../agent/lib/prometheus.ts';
import { parsePrometheus } from '../../../support/prometheus-text.ts';

const create = () =>
  createPrometheus({
    test_checks_total: { type: 'counter', help: 'Checks done.', labels: ['service', 'result'] },
    test_service_up: { type: 'gauge', help: 'Whether it is up.', labels: ['service'] },
    test_check_duration_seconds: {
      type: 'histogram',
      help: 'How long\nchecks took, "quoted" \\ not.',
      labels: ['service'],
      buckets: [0.1, 1],
    },
    test_reloads_total: { type: 'counter', help: 'Reloads.', labels: [] },
  });

const read = async (prometheus: ReturnType<typeof create>) =>
  parsePrometheus(await prometheus.text());

describe('createPrometheus', () => {
  it('counts', async () => {
    const prometheus = create();
    prometheus.increment('test_checks_total', { service: 'web', result: 'passed' });
    prometheus.increment('test_checks_total', { result: 'passed', service: 'web' }, 2);
    prometheus.increment('test_checks_total', { service: 'web', result: 'failed' });
    prometheus.increment('test_reloads_total', {});
    const { families, samples } = await read(prometheus);
    expect(families.get('test_checks_total')).to.deep.equal({
      type: 'counter',
      help: 'Checks done.',
    });
    expect(samples('test_checks_total')).to.deep.equal([
      { labels: { service: 'web', result: 'passed' }, value: 3 },
      { labels: { service: 'web', result: 'failed' }, value: 1 },
    ]);
    expect(samples('test_reloads_total')).to.deep.equal([{ labels: {}, value: 1 }]);
  });

  it('never counts down', async () => {
    const prometheus = create();
    expect(() => prometheus.increment('test_reloads_total', {}, -1)).to.throw();
    expect((await read(prometheus)).samples('test_reloads_total')).to.deep.equal([
      { labels: {}, value: 0 },
    ]);
  });

  it('has of a gauge what was set last, and nothing of before', async () => {
    const prometheus = create();
    const up = (service: string, value: number) => ({ labels: { service }, value });
    prometheus.set('test_service_up', [up('web', 1), up('api', 0)]);
    prometheus.set('test_service_up', [up('api', 1)]);
    expect((await read(prometheus)).samples('test_service_up')).to.deep.equal([up('api', 1)]);
  });

  it('sorts durations into buckets', async () => {
    const prometheus = create();
    for (const seconds of [0.05, 0.1, 0.5, 7]) {
      prometheus.observe('test_check_duration_seconds', { service: 'web' }, seconds);
    }
    const { samples, families } = await read(prometheus);
    const bucket = (le: string, value: number) => ({ labels: { le, service: 'web' }, value });
    expect(samples('test_check_duration_seconds_bucket')).to.deep.equal([
      bucket('0.1', 2),
      bucket('1', 3),
      bucket('+Inf', 4),
    ]);
    expect(samples('test_check_duration_seconds_count')).to.deep.equal([
      { labels: { service: 'web' }, value: 4 },
    ]);
    expect(samples('test_check_duration_seconds_sum')[0]?.value).to.be.closeTo(7.65, 1e-9);
    expect(families.get('test_check_duration_seconds')?.help).to.equal(
      'How long\nchecks took, "quoted" \\ not.',
    );
  });

  it('takes any text for the value of a label', async () => {
    const prometheus = create();
    const names = ['a"b', 'a\\b', 'a\\', 'a\nb', 'a\\nb', '{a="b"} 1', 'ü', '', '__proto__', 'a,b'];
    for (const service of names) {
      prometheus.increment('test_checks_total', { service, result: 'passed' });
    }
    const found = (await read(prometheus)).samples('test_checks_total');
    expect(found.map(({ labels }) => labels.service)).to.deep.equal(names);
  });

  it('forgets what is gone, of every family', async () => {
    const prometheus = create();
    for (const service of ['web', 'api']) {
      prometheus.increment('test_checks_total', { service, result: 'passed' });
      prometheus.increment('test_checks_total', { service, result: 'failed' });
      prometheus.observe('test_check_duration_seconds', { service }, 0.5);
      prometheus.set('test_service_up', [{ labels: { service }, value: 1 }]);
    }
    prometheus.increment('test_reloads_total', {});
    await prometheus.forget('service', 'api');
    const text = await prometheus.text();
    expect(text).not.to.include('api');
    const { samples } = parsePrometheus(text);
    expect(samples('test_checks_total')).to.have.length(2);
    expect(samples('test_check_duration_seconds_bucket')).to.have.length(3);
    expect(samples('test_reloads_total')).to.have.length(1);
  });

  it('refuses names that would mislead', () => {
    const family = { help: 'a', labels: [] };
    expect(() => createPrometheus({ test_checks: { ...family, type: 'counter' } })).to.throw(
      'test_checks is no good name for a counter',
    );
    expect(() => createPrometheus({ test_ms: { ...family, type: 'histogram' } })).to.throw();
    expect(() => createPrometheus({ test_total: { ...family, type: 'gauge' } })).to.throw();
    expect(() => createPrometheus({ 'test.up': { ...family, type: 'gauge' } })).to.throw();
  });
});
