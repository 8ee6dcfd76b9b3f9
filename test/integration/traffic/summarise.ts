import type { Failure, TrafficSeries, TrafficSummary } from '../harness/outcome.ts';
import type { TrafficRecord } from './record.ts';

export interface Span {
  readonly fromAtMs: number;
  readonly toAtMs: number;
}

/** What a picture can show; longer drills get coarser buckets. */
const maxBuckets = 240;
const bucketSizesMs = [100, 200, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000] as const;
/** What is told one by one. */
const maxFailures = 500;

/** The smallest of a few round sizes that cuts the span into not too many buckets. */
export function bucketSizeMs(spanMs: number): number {
  const fits = bucketSizesMs.find((size) => spanMs / size <= maxBuckets);
  return fits ?? Math.ceil(spanMs / maxBuckets);
}

/** Counts per bucket of time, by when requests were due; those outside of the span fall to its ends. */
export function summarise(records: readonly TrafficRecord[], span: Span): TrafficSummary {
  const spanMs = Math.max(1, span.toAtMs - span.fromAtMs);
  const bucketMs = bucketSizeMs(spanMs);
  const count = Math.ceil(spanMs / bucketMs);
  const bucketOf = ({ atMs }: TrafficRecord): number =>
    Math.min(count - 1, Math.max(0, Math.floor((atMs - span.fromAtMs) / bucketMs)));
  const failures = records.filter((record) => !record.ok);
  const grouped = Map.groupBy(records, ({ host, service, kind }) => `${host}\n${service}\n${kind}`);
  return {
    fromAtMs: span.fromAtMs,
    bucketMs,
    sent: records.length,
    failed: failures.length,
    failedByCause: countBy(failures.map(({ cause }) => cause)),
    series: [...grouped]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .flatMap(([, list]) => seriesOf(list, count, bucketOf)),
    failures: failures
      .toSorted((left, right) => left.atMs - right.atMs)
      .slice(0, maxFailures)
      .map(({ host, service, kind, atMs, latencyMs, cause }): Failure => {
        return { host, service, kind, atMs, latencyMs, cause };
      }),
  };
}

function seriesOf(
  records: readonly TrafficRecord[],
  count: number,
  bucketOf: (record: TrafficRecord) => number,
): readonly TrafficSeries[] {
  const [first] = records;
  if (first === undefined) return [];
  const ok = new Array<number>(count).fill(0);
  const failed = new Array<number>(count).fill(0);
  const slowestMs = new Array<number>(count).fill(0);
  for (const record of records) {
    const bucket = bucketOf(record);
    const counts = record.ok ? ok : failed;
    counts[bucket] = (counts[bucket] ?? 0) + 1;
    const slowest = Math.max(slowestMs[bucket] ?? 0, record.latencyMs);
    if (record.ok) slowestMs[bucket] = Math.round(slowest * 10) / 10;
  }
  const { host, service, kind } = first;
  return [{ host, service, kind, ok, failed, slowestMs }];
}

/** The most frequent first, then by name. */
function countBy(names: readonly string[]): Readonly<Record<string, number>> {
  const counts = [...Map.groupBy(names, (name) => name)].map(
    ([name, list]) => [name, list.length] as const,
  );
  return Object.fromEntries(
    counts.toSorted(([left, a], [right, b]) => b - a || (left < right ? -1 : 1)),
  );
}
