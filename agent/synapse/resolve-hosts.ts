/** Host names of instances as addresses: HAProxy resolves none for servers added at run time. */
import { lookup as systemLookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

/** All addresses of a name; rejects when it has none. */
export type LookUp = (host: string) => Promise<readonly string[]>;

export interface HostResolver {
  /** Waits a little for names it meets for the first time; renews old answers behind the scenes. */
  prepare(hosts: Iterable<string>): Promise<void>;
  /** The last known address, an outage of the name service included. */
  addressOf(host: string): string | undefined;
  /** Of all names that are wanted, for a later life. */
  addresses(): ReadonlyMap<string, string>;
}

export interface HostResolverOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  /** Name → the address that an earlier life knew: as good as any while no name service answers. */
  readonly remembered: ReadonlyMap<string, string>;
  /** Called when a name got an address, or another one. */
  readonly onChange: () => void;
  readonly signal: AbortSignal;
  /** The system's by default. */
  readonly lookup?: LookUp;
}

interface Answer {
  address: string | undefined;
  askedAtMs: number;
  wantedAtMs: number;
  pending: Promise<void> | undefined;
}

const renewAfterMs = 30_000;
const retryAfterMs = 5_000;
const patienceMs = 500;
/** Whoever wants a name asks for it every few seconds. */
const forgetAfterMs = 300_000;

export function createHostResolver(options: HostResolverOptions): HostResolver {
  const { clock, logger, remembered, onChange, signal, lookup = lookupInSystem } = options;
  const unasked = (address: string | undefined): Answer => ({
    address,
    askedAtMs: Number.NEGATIVE_INFINITY,
    wantedAtMs: clock.now(),
    pending: undefined,
  });
  const answers = new Map([...remembered].map(([host, one]) => [host, unasked(one)]));

  const ask = async (host: string, answer: Answer): Promise<void> => {
    const before = answer.address;
    try {
      const addresses = await lookup(host);
      // Of a name with several addresses, the one in use stays while it is listed.
      const keeps = before !== undefined && addresses.includes(before);
      answer.address = keeps ? before : (addresses[0] ?? before);
    } catch (error) {
      if (before === undefined) logger.warn('host-name-unresolved', { name: host, error });
    }
    answer.pending = undefined;
    if (answer.address !== before) onChange();
  };

  const renew = (host: string): void => {
    const nowMs = clock.now();
    const answer = answers.get(host) ?? unasked(undefined);
    answers.set(host, answer);
    answer.wantedAtMs = nowMs;
    const ageMs = nowMs - answer.askedAtMs;
    const dueMs = answer.address === undefined ? retryAfterMs : renewAfterMs;
    if (answer.pending !== undefined || ageMs < dueMs) return;
    answer.askedAtMs = nowMs;
    answer.pending = ask(host, answer);
  };

  return {
    prepare: async (hosts) => {
      const names = [...new Set(hosts)].filter((host) => isIP(host) === 0);
      const unknown = names.filter((host) => !answers.has(host));
      for (const host of names) renew(host);
      for (const [host, { wantedAtMs }] of answers) {
        if (clock.now() - wantedAtMs > forgetAfterMs) answers.delete(host);
      }
      if (unknown.length === 0) return;
      const all = Promise.all(unknown.map((host) => answers.get(host)?.pending));
      await Promise.race([all, clock.sleep(patienceMs, signal).catch(() => undefined)]);
    },
    addressOf: (host) => (isIP(host) === 0 ? answers.get(host)?.address : host),
    addresses: () =>
      new Map(
        [...answers].flatMap(([host, { address }]) =>
          address === undefined ? [] : [[host, address] as const],
        ),
      ),
  };
}

async function lookupInSystem(host: string): Promise<readonly string[]> {
  const found = await systemLookup(host, { all: true });
  return found.map(({ address }) => address);
}
