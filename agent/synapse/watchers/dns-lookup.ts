/**
 * What DNS says of names, and what it said last: a name server that fails or is silent leaves that
 * standing. That a name, or a record of the kind, does not exist is an answer: nothing (the original
 * takes every failure for that).
 */

import type { SrvRecord } from 'node:dns';
import { Resolver } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../../lib/clock.ts';
import { withDeadline } from '../../lib/deadline.ts';
import { codeOf, type SearchList, searchFor, systemSearchList } from './dns-search.ts';

export interface DnsLookupOptions {
  /** `undefined` for those of the system. */
  readonly nameservers: readonly string[] | undefined;
  /** Where short names are looked for; the system's by default. */
  readonly searchList?: (nameservers: readonly string[] | undefined) => Promise<SearchList>;
  readonly clock: Clock;
}

/** What is known of one name. */
export interface Known<T> {
  /** `undefined` while there was no answer at all. */
  readonly records: readonly T[] | undefined;
  /** Whether the last question had no answer. */
  readonly silent: boolean;
  /** Until which it is known for sure, by the clock; 0 while it is not. */
  readonly validUntilMs: number;
}

type Kind = 'A' | 'AAAA' | 'SRV';
type Ask<T> = (
  resolver: Resolver,
  name: string,
) => Promise<{ readonly records: readonly T[]; readonly ttlSeconds: number }>;

const tries = { timeout: 2_000, tries: 2 };
/** For each question as a whole, however many name servers there are. */
const deadlineMs = 8_000;
/** Answers that the name servers vouch for. */
const nothingThere = ['ENOTFOUND', 'ENODATA'];

export class DnsLookup {
  readonly #options: DnsLookupOptions;
  readonly #addresses = new Map<string, Known<string>>();
  readonly #services = new Map<string, Known<SrvRecord>>();

  constructor(options: DnsLookupOptions) {
    this.#options = options;
  }

  /** Of both families, sorted; of the first that there is of those a short name stands for. */
  async addresses(name: string, signal: AbortSignal): Promise<Known<string>> {
    if (isIP(name) !== 0) return { records: [name], silent: false, validUntilMs: Infinity };
    const [four, six] = await Promise.all([
      this.#look(this.#addresses, 'A', name, signal, this.#searching(askFour)),
      this.#look(this.#addresses, 'AAAA', name, signal, this.#searching(askSix)),
    ]);
    // Name servers that know nothing of IPv6 and say so by failing are common; that there is no
    // address of that family says nothing of the other.
    const isKnown = four.records !== undefined || (six.records ?? []).length > 0;
    return {
      records: isKnown ? [...(four.records ?? []), ...(six.records ?? [])].sort() : undefined,
      silent: four.silent,
      validUntilMs: Math.min(four.validUntilMs, six.silent ? Infinity : six.validUntilMs),
    };
  }

  async services(name: string, signal: AbortSignal): Promise<Known<SrvRecord>> {
    return await this.#look(this.#services, 'SRV', name, signal, askServices);
  }

  /** What was said of it last; nothing is asked. */
  lastAddresses(name: string): readonly string[] {
    if (isIP(name) !== 0) return [name];
    return ['A', 'AAAA'].flatMap((kind) => this.#addresses.get(`${kind} ${name}`)?.records ?? []);
  }

  /** Nobody needs the others any more. */
  forgetAllBut(names: ReadonlySet<string>): void {
    for (const memory of [this.#addresses, this.#services]) {
      for (const key of memory.keys()) {
        if (!names.has(key.slice(key.indexOf(' ') + 1))) memory.delete(key);
      }
    }
  }

  async #look<T>(
    memory: Map<string, Known<T>>,
    kind: Kind,
    name: string,
    signal: AbortSignal,
    ask: Ask<T>,
  ): Promise<Known<T>> {
    const key = `${kind} ${name}`;
    const answer = await this.#ask(name, signal, ask);
    const known: Known<T> =
      answer === undefined
        ? { records: memory.get(key)?.records, silent: true, validUntilMs: 0 }
        : answer;
    memory.set(key, known);
    return known;
  }

  #searching<T>(ask: Ask<T>): Ask<T> {
    const { nameservers, searchList = systemSearchList } = this.#options;
    return async (resolver, name) => {
      const list = await searchList(nameservers);
      return await searchFor(name, list, (candidate) => ask(resolver, candidate));
    };
  }

  /** `undefined` where nobody answers. */
  async #ask<T>(name: string, signal: AbortSignal, ask: Ask<T>): Promise<Known<T> | undefined> {
    const { nameservers, clock } = this.#options;
    // A new one each time: the system's name servers may have changed.
    const resolver = new Resolver(tries);
    if (nameservers !== undefined) resolver.setServers([...nameservers]);
    try {
      const work = ask(resolver, name);
      const { records, ttlSeconds } = await withDeadline(work, { ms: deadlineMs, clock, signal });
      return { records, silent: false, validUntilMs: clock.now() + ttlSeconds * 1_000 };
    } catch (error) {
      signal.throwIfAborted();
      if (!nothingThere.includes(codeOf(error))) return undefined;
      return { records: [], silent: false, validUntilMs: Infinity };
    } finally {
      resolver.cancel();
    }
  }
}

const askFour: Ask<string> = async (resolver, name) =>
  withTtl(await resolver.resolve4(name, { ttl: true }));
const askSix: Ask<string> = async (resolver, name) =>
  withTtl(await resolver.resolve6(name, { ttl: true }));
/** Node does not tell the time to live of these. */
const askServices: Ask<SrvRecord> = async (resolver, name) => ({
  records: await resolver.resolveSrv(name),
  ttlSeconds: Infinity,
});

function withTtl(records: readonly { readonly address: string; readonly ttl: number }[]): {
  readonly records: readonly string[];
  readonly ttlSeconds: number;
} {
  return {
    records: records.map(({ address }) => address),
    ttlSeconds: Math.min(...records.map(({ ttl }) => ttl)),
  };
}
