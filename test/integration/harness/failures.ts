/** Which failed requests count. */
import type { TrafficRecord } from '../traffic/record.ts';
import type { Expectation } from './drill.ts';
import { judge, limits } from './limits.ts';
import type { JudgedLimit } from './outcome.ts';
import { giveUpMs } from './standard-traffic.ts';

/** When connections were cut by what they were connected to, or by the host that carried them. */
export interface Cut {
  /** From when on it may have happened, and when it had. */
  readonly fromAtMs: number;
  readonly atMs: number;
}

export function judgeFailures(
  records: readonly TrafficRecord[],
  cuts: readonly Cut[],
  expectations: readonly Expectation[],
  /** When the first thing was broken. */
  faultAtMs: number,
): readonly JudgedLimit[] {
  const failed = records.filter(
    (record) =>
      !record.ok &&
      !wasCut(record, cuts) &&
      !expectations.some(({ mayFail }) => mayFail?.(record) === true),
  );
  const special = expectations.flatMap(({ failures = [] }) => failures);
  if (special.length === 0) return [judge(limits.failedRequests, failed.length)];
  const before = failed.filter(({ atMs, latencyMs }) => atMs + latencyMs < faultAtMs);
  return [
    judge(limits.failedBefore, before.length),
    ...special.map(({ limit, counts }) => judge(limit, failed.filter(counts).length)),
  ];
}

/** Until who holds a connection knows: it waits for an answer, and gives up. */
const noticedMs = giveUpMs + 2_000;

/**
 * A TCP connection from before the fault that ended soon: nobody can take it elsewhere. One that was
 * opened after it must hold.
 */
function wasCut(record: TrafficRecord, cuts: readonly Cut[]): boolean {
  const { kind, connectedAtMs, atMs, latencyMs } = record;
  if (kind === 'http-fresh' || kind === 'http-keepalive' || connectedAtMs === undefined) {
    return false;
  }
  const endedAtMs = atMs + latencyMs;
  return cuts.some(
    (cut) =>
      connectedAtMs < cut.atMs && cut.fromAtMs <= endedAtMs && endedAtMs <= cut.atMs + noticedMs,
  );
}
