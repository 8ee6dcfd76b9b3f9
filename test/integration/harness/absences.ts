/** Out means: gets no new request. What clients saw of that, beside what proxies say. */
import type { TrafficRecord } from '../traffic/record.ts';
import { judge, limits } from './limits.ts';
import type { JudgedLimit } from './outcome.ts';

/** An instance that these hosts' proxies ask nothing for a time. */
export interface Absence {
  readonly service: string;
  readonly instance: string;
  readonly hosts: readonly string[];
  readonly fromAtMs: number;
  /** Missing where it lasts to the end. */
  readonly toAtMs?: number;
}

/** By this much may clocks of hosts differ after all, and a request wait between client and proxy. */
const slackMs = 100;

/** Counts new requests and new connections that such an instance answered; none where none was out. */
export function judgeAbsences(
  records: readonly TrafficRecord[],
  absences: readonly Absence[],
): readonly JudgedLimit[] {
  if (absences.length === 0) return [];
  const wrong = records.filter((record) => absences.some((absence) => wentTo(absence, record)));
  return [judge(limits.askedWhileOut, wrong.length)];
}

function wentTo(absence: Absence, record: TrafficRecord): boolean {
  const { service, instance, hosts, fromAtMs, toAtMs = Number.POSITIVE_INFINITY } = absence;
  if (!record.ok || record.service !== service || record.instance !== instance) return false;
  const chosenAtMs = proxyChoseAtMs(record);
  return (
    hosts.includes(record.host) && chosenAtMs > fromAtMs + slackMs && chosenAtMs < toAtMs - slackMs
  );
}

/** HAProxy chooses for each HTTP request, and once for a TCP connection. */
function proxyChoseAtMs({ kind, connectedAtMs, startedAtMs }: TrafficRecord): number {
  const byRequest = kind === 'http-fresh' || kind === 'http-keepalive';
  return byRequest ? startedAtMs : (connectedAtMs ?? startedAtMs);
}
