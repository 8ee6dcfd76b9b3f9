import type { TrafficSummary } from '../../harness/outcome.ts';
import type { TrafficKind } from '../../traffic/record.ts';

/** Requests of one kind over time, from all hosts to all services together. */
export interface Lane {
  readonly kind: TrafficKind;
  readonly ok: readonly number[];
  readonly failed: readonly number[];
}

export interface Lanes {
  /** Length of a column. */
  readonly columnMs: number;
  readonly lanes: readonly Lane[];
  /** The slowest answer of all kinds in each column. */
  readonly slowestMs: readonly number[];
  /** The most requests in a column of any kind: what is drawn at full height. */
  readonly most: number;
}

const order = ['http-keepalive', 'http-fresh', 'tcp-held', 'tcp-fresh'] as const;

/** As many as a phone's screen can tell apart. */
const maxColumns = 120;
const minColumns = 20;
/** Fewer requests in a column look like a comb where the rate is even. */
const enough = 10;

/** Brings the buckets of a summary down to what a picture can show. */
export function lanesOf({ series, bucketMs }: TrafficSummary): Lanes {
  const kinds = order
    .map((kind) => ({ kind, list: series.filter((one) => one.kind === kind) }))
    .filter(({ list }) => list.length > 0)
    .map(({ kind, list }) => ({
      kind,
      ok: addUp(list.map(({ ok }) => ok)),
      failed: addUp(list.map(({ failed }) => failed)),
    }));
  const buckets = Math.max(0, ...kinds.map(({ ok }) => ok.length));
  const together = bucketsTogether(kinds, buckets);
  const lanes = kinds.map(({ kind, ok, failed }) => ({
    kind,
    ok: merge(ok, together, add),
    failed: merge(failed, together, add),
  }));
  const slowest = series.map(({ slowestMs }) => merge(slowestMs, together, Math.max));
  return {
    columnMs: bucketMs * together,
    lanes,
    slowestMs: (slowest[0] ?? []).map((_, at) => Math.max(...slowest.map((one) => one[at] ?? 0))),
    most: Math.max(
      1,
      ...lanes.flatMap(({ ok, failed }) => ok.map((good, at) => good + (failed[at] ?? 0))),
    ),
  };
}

function bucketsTogether(kinds: readonly Lane[], buckets: number): number {
  const sent = kinds.map(({ ok, failed }) => [...ok, ...failed].reduce(add, 0));
  const perBucket = Math.min(...sent.map((total) => total / Math.max(1, buckets)));
  const wanted = Number.isFinite(perBucket) && perBucket > 0 ? Math.ceil(enough / perBucket) : 1;
  const most = Math.max(1, Math.floor(buckets / minColumns));
  return Math.max(Math.ceil(buckets / maxColumns), Math.min(wanted, most), 1);
}

function addUp(lists: readonly (readonly number[])[]): readonly number[] {
  const longest = Math.max(0, ...lists.map(({ length }) => length));
  return Array.from({ length: longest }, (_, at) =>
    lists.reduce((sum, it) => sum + (it[at] ?? 0), 0),
  );
}

function merge(
  values: readonly number[],
  together: number,
  join: (left: number, right: number) => number,
): readonly number[] {
  return Array.from({ length: Math.ceil(values.length / together) }, (_, column) =>
    values.slice(column * together, (column + 1) * together).reduce((a, b) => join(a, b), 0),
  );
}

function add(left: number, right: number): number {
  return left + right;
}
