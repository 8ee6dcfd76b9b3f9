import { expect } from 'chai';
import { outline, stack } from '../../../../integration/report/timeline/columns.ts';
import { faultRows } from '../../../../integration/report/timeline/fault-rows.ts';
import { lanesOf } from '../../../../integration/report/timeline/lanes.ts';
import { place, stretch, ticks } from '../../../../integration/report/timeline/scale.ts';
import { failedDrill } from '../sample.ts';

describe('the time scale of a picture', () => {
  const scale = { fromAtMs: 1_000, spanMs: 3_000 };

  it('places moments, none outside', () => {
    const places = [0, 1_000, 2_000, 4_000, 9_000].map((atMs) => place(scale, atMs));
    expect(places).to.deep.equal([0, 0, 33.33, 100, 100]);
    expect(stretch(scale, 2_000, 3_000)).to.deep.equal({ left: 33.33, width: 33.34 });
  });

  it('has few, round ticks, and none without room for its text', () => {
    const texts = (spanMs: number): readonly string[] =>
      ticks({ fromAtMs: 0, spanMs }).map(({ text }) => text);
    expect(texts(3_000)).to.deep.equal(['0 s', '1 s', '2 s']);
    expect(texts(31_000)).to.deep.equal(['0 s', '10 s', '20 s']);
    expect(texts(110_000)).to.deep.equal(['0 s', '20 s', '40 s', '60 s', '80 s']);
    expect(texts(320_000)).to.deep.equal(['0 s', '1 min', '2 min', '3 min', '4 min']);
    expect(texts(3 * 3_600_000)).to.deep.equal(['0 s', '60 min', '120 min']);
  });
});

describe('columns of a picture', () => {
  it('stack what failed on what was answered', () => {
    expect(stack([10, 5], [0, 5], 20)).to.deep.equal({
      ok: [
        { from: 0, to: 50 },
        { from: 0, to: 25 },
      ],
      failed: [
        { from: 50, to: 50 },
        { from: 25, to: 50 },
      ],
    });
  });

  it('show a single failure among a thousand requests, and one that is alone', () => {
    const { ok, failed } = stack([999, 0], [1, 1], 1_000);
    expect(failed).to.deep.equal([
      { from: 94, to: 100 },
      { from: 0, to: 6 },
    ]);
    expect(ok).to.deep.equal([
      { from: 0, to: 94 },
      { from: 0, to: 0 },
    ]);
  });

  it('become one path; equal neighbours one piece, empty ones none', () => {
    const columns = [20, 20, 0, 50].map((to) => ({ from: 0, to }));
    expect(outline(columns)).to.equal('M0 100V80H2V100ZM3 100V50H4V100Z');
    expect(outline([])).to.equal('');
  });
});

describe('lanes of a picture', () => {
  const one = failedDrill.traffic.series[0];

  it('add up hosts and services, kind by kind, in one order', () => {
    if (one === undefined) throw new Error('the sample has no series');
    const other = { ...one, host: 'two', slowestMs: [50, 1, 1, 1] };
    const series = [one, other, { ...one, kind: 'http-keepalive' as const }];
    const traffic = { ...failedDrill.traffic, series };
    expect(lanesOf(traffic)).to.deep.equal({
      columnMs: 1_000,
      lanes: [
        { kind: 'http-keepalive', ok: [10, 8, 10, 10], failed: [0, 2, 0, 0] },
        { kind: 'http-fresh', ok: [20, 16, 20, 20], failed: [0, 4, 0, 0] },
      ],
      slowestMs: [50, 20, 5, 5],
      most: 20,
    });
  });

  it('take buckets together where each has few requests, and keep their sum', () => {
    const ok = Array.from({ length: 240 }, (_, at) => at % 2);
    const failed = ok.map(() => 0);
    const slowestMs = ok.map((_, at) => at);
    const kind = 'tcp-fresh';
    const series = [{ host: 'one', service: 'echo', kind, ok, failed, slowestMs }] as const;
    const {
      columnMs,
      lanes,
      slowestMs: slowest,
      most,
    } = lanesOf({
      ...failedDrill.traffic,
      bucketMs: 100,
      series,
    });
    expect(columnMs).to.equal(1_200);
    expect(lanes[0]?.ok).to.deep.equal(Array.from({ length: 20 }, () => 6));
    expect(slowest.slice(0, 2)).to.deep.equal([11, 23]);
    expect(most).to.equal(6);
  });

  it('are none without traffic', () => {
    expect(lanesOf({ ...failedDrill.traffic, series: [] })).to.deep.equal({
      ...{ columnMs: 1_000, lanes: [], slowestMs: [], most: 1 },
    });
  });
});

describe('rows of faults', () => {
  it('let none cover another', () => {
    const fault = (what: string, fromAtMs: number, toAtMs: number) => {
      return { what, hosts: [], fromAtMs, toAtMs };
    };
    const rows = faultRows([fault('c', 10, 20), fault('a', 0, 10), fault('b', 5, 12)]);
    expect(rows.map((row) => row.map(({ what }) => what))).to.deep.equal([['a', 'c'], ['b']]);
  });
});
