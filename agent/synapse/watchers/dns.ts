/**
 * The addresses of names, or ours: of service records. Original: `dns/dns.rb`. Each name whose name
 * server fails keeps what it had (see `dns-lookup.ts`).
 */
import type { SrvRecord } from 'node:dns';
import type { DnsDiscovery, DnsServer } from '../../config/synapse-dns.ts';
import type { Clock } from '../../lib/clock.ts';
import { mapBounded } from '../../lib/map-bounded.ts';
import { maxWeight } from '../../registration.ts';
import { type Candidate, sortOut } from './candidates.ts';
import { DnsLookup, type Known } from './dns-lookup.ts';
import { Inherited } from './inherited.ts';
import { type Answer, type Source, SourceError } from './source.ts';
import type { WatcherLink } from './watcher.ts';

export interface DnsOptions extends Pick<WatcherLink, 'expected'> {
  readonly discovery: DnsDiscovery;
  readonly fallbackPort: number | undefined;
  readonly clock: Clock;
}

const questionsAtOnce = 16;
/** Answers that are valid for less are used for so long all the same. */
const minValidMs = 1_000;

export function createDnsSource(options: DnsOptions): Source {
  const { discovery, fallbackPort, clock, expected } = options;
  const { servers, record, nameserver: nameservers } = discovery;
  const intervalMs = discovery.check_interval * 1_000;
  const lookup = new DnsLookup({ nameservers, clock });
  const inherited = new Inherited(expected);
  const resolve = record === 'srv' ? resolveService : resolveHost;
  const ask = async (signal: AbortSignal): Promise<Answer> => {
    const all = await mapBounded(servers, questionsAtOnce, (one) => resolve(lookup, one, signal));
    const silent = servers.flatMap(({ host }, at) => (all[at]?.silent ? [`name ${host}`] : []));
    const unknown = all.filter(({ records }) => records === undefined).length;
    if (unknown === servers.length) throw new SourceError(`no answer: ${silent.join(', ')}`);
    const found = sortOut(
      all.flatMap(({ records }) => records ?? []),
      fallbackPort,
    );
    const more = inherited.beside(found.instances, unknown === 0);
    const againInMs = untilInvalid(all, clock.now(), intervalMs);
    return { ...found, instances: [...found.instances, ...more], silent, againInMs };
  };
  return { method: 'dns', intervalMs, ask };
}

/** Sooner than the interval where an answer is valid for less. */
export function untilInvalid(
  answers: readonly Pick<Known<unknown>, 'validUntilMs'>[],
  nowMs: number,
  intervalMs: number,
): number {
  const soonestMs = Math.min(...answers.map(({ validUntilMs }) => validUntilMs - nowMs));
  return Math.min(intervalMs, Math.max(minValidMs, soonestMs));
}

async function resolveHost(
  lookup: DnsLookup,
  { host, port, name, labels }: DnsServer,
  signal: AbortSignal,
): Promise<Known<Candidate>> {
  const { records, ...rest } = await lookup.addresses(host, signal);
  const candidates = records?.map((address) => ({
    node: `${host} (${address})`,
    fields: { host: address, port, name, labels },
  }));
  return { records: candidates, ...rest };
}

async function resolveService(
  lookup: DnsLookup,
  { host, name, labels }: DnsServer,
  signal: AbortSignal,
): Promise<Known<Candidate>> {
  const { records, ...rest } = await lookup.services(host, signal);
  if (records === undefined) return { records, ...rest };
  const targets = await mapBounded(records, questionsAtOnce, async (record) => ({
    record,
    // A whole name, whatever is searched for otherwise.
    known: await lookup.addresses(`${record.name}.`, signal),
  }));
  const candidates = targets.flatMap(({ record, known }) =>
    (known.records ?? []).map((address) => ({
      node: `${host} (${address})`,
      fields: { host: address, port: record.port, name, labels, ...rankOf(record, records) },
    })),
  );
  const { silent, validUntilMs } = rest;
  return {
    records: candidates,
    silent: silent || targets.some(({ known }) => known.silent),
    validUntilMs: Math.min(validUntilMs, ...targets.map(({ known }) => known.validUntilMs)),
  };
}

/**
 * RFC 2782: a lower priority is used while it can be reached, and weights share its traffic. They
 * go up to 65535 there, and one of 0 still gets a little.
 */
function rankOf(
  { priority, weight }: SrvRecord,
  all: readonly SrvRecord[],
): { readonly weight?: number; readonly haproxy_server_options?: string } {
  const isBackup = all.some((one) => one.priority < priority);
  const weights = all.map((one) => one.weight);
  const scale = Math.min(1, maxWeight / Math.max(1, ...weights));
  const isEqual = weights.every((one) => one === weight);
  return {
    ...(isEqual ? {} : { weight: Math.max(1, Math.round(weight * scale)) }),
    ...(isBackup ? { haproxy_server_options: 'backup' } : {}),
  };
}
