import { expect } from 'chai';
import type { TrafficRecord } from '../../../integration/traffic/record.ts';
import { bucketSizeMs, summarise } from '../../../integration/traffic/summarise.ts';

describe('summarise', () => {
  const sent = { host: 'one', service: 'service_a', kind: 'http-fresh' } as const;
  const ok = (atMs: number, latencyMs = 1): TrafficRecord => {
    return { ...sent, atMs, startedAtMs: atMs, latencyMs, ok: true, instance: 'a_1' };
  };
  const failed = (atMs: number, cause: string): TrafficRecord => {
    return { ...sent, atMs, startedAtMs: atMs, latencyMs: 2, ok: false, cause };
  };

  it('counts by time, and by cause', () => {
    const records = [
      ...[ok(1_000), ok(1_099.9, 7.25), ok(1_250)],
      ...[failed(1_210, 'reset'), failed(1_201, 'refused'), failed(1_220, 'refused')],
    ];
    const failure = { ...sent, latencyMs: 2 };
    expect(summarise(records, { fromAtMs: 1_000, toAtMs: 1_300 })).to.deep.equal({
      ...{ fromAtMs: 1_000, bucketMs: 100, sent: 6, failed: 3 },
      failedByCause: { refused: 2, reset: 1 },
      series: [{ ...sent, ok: [2, 0, 1], failed: [0, 0, 3], slowestMs: [7.3, 0, 1] }],
      failures: [
        { ...failure, atMs: 1_201, cause: 'refused' },
        { ...failure, atMs: 1_210, cause: 'reset' },
        { ...failure, atMs: 1_220, cause: 'refused' },
      ],
    });
  });

  it('keeps hosts, services and kinds apart, in order', () => {
    const records = [
      { ...ok(0), host: 'two' },
      { ...ok(0), kind: 'tcp-held' as const },
      { ...ok(0), service: 'echo' },
      ok(0),
    ];
    const { series } = summarise(records, { fromAtMs: 0, toAtMs: 100 });
    expect(series.map(({ host, service, kind }) => [host, service, kind])).to.deep.equal([
      ['one', 'echo', 'http-fresh'],
      ['one', 'service_a', 'http-fresh'],
      ['one', 'service_a', 'tcp-held'],
      ['two', 'service_a', 'http-fresh'],
    ]);
  });

  it('loses none that was due outside of the span', () => {
    const { series } = summarise([ok(-500), ok(5_000)], { fromAtMs: 0, toAtMs: 300 });
    expect(series[0]?.ok).to.deep.equal([1, 0, 1]);
  });

  it('has an answer for nothing', () => {
    expect(summarise([], { fromAtMs: 5, toAtMs: 5 })).to.deep.equal({
      ...{ fromAtMs: 5, bucketMs: 100, sent: 0, failed: 0 },
      ...{ failedByCause: {}, series: [], failures: [] },
    });
  });

  it('cuts longer times into longer pieces', () => {
    const sizes = [1, 24_000, 24_001, 300_000, 14_400_000, 24_000_000].map(bucketSizeMs);
    expect(sizes).to.deep.equal([100, 100, 200, 2_000, 60_000, 100_000]);
  });
});
