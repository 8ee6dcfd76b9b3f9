import type { Flow, TrafficRecord } from './record.ts';
import type { WireRecord } from './wire-record.ts';

/** A host's record by our own clock, which the host's is ahead of. */
export function toRecord(flow: Flow, wire: WireRecord, aheadMs: number): TrafficRecord {
  const { host, service, kind } = flow;
  const sent = {
    ...{ host, service, kind },
    atMs: wire.dueMs - aheadMs,
    startedAtMs: wire.startMs - aheadMs,
    latencyMs: wire.endMs - wire.dueMs,
    ...(wire.connectedMs === undefined ? {} : { connectedAtMs: wire.connectedMs - aheadMs }),
  };
  return wire.cause === ''
    ? { ...sent, ok: true, instance: wire.instance }
    : { ...sent, ok: false, cause: wire.cause };
}
