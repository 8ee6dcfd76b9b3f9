import { lookup } from 'node:dns/promises';
import type { Clock } from './clock.ts';
import type { Logger } from './logger.ts';

export interface Address {
  readonly address: string;
  /** 4 or 6. */
  readonly family: number;
}

export interface HostAddressOptions {
  /** A name or an address. */
  readonly host: string;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Default: the system's resolver. */
  readonly resolve?: (host: string) => Promise<Address>;
}

/** The address of a host whose name may come to mean another one. */
export interface HostAddress {
  /**
   * At once where one is known, even one that is being looked up anew; else as soon as the resolver
   * has answered; `undefined` when it knows none. Never rejects.
   */
  current(): Promise<Address | undefined>;
}

/** Failed look-ups count as well: a resolver in trouble is not asked again and again. */
const periodMs = 60_000;

export function createHostAddress(options: HostAddressOptions): HostAddress {
  const { host, clock, logger, resolve = lookup } = options;
  let known: Address | undefined;
  let failing = false;
  let askedAtMs = Number.NEGATIVE_INFINITY;
  let asking: Promise<void> = Promise.resolve();
  const ask = async (): Promise<void> => {
    try {
      known = await resolve(host);
      if (failing) logger.info('host-resolved', { host });
      failing = false;
    } catch (error) {
      if (!failing) logger.warn('host-unresolved', { host, error });
      failing = true;
    }
  };
  return {
    current: async () => {
      if (clock.now() - askedAtMs >= periodMs) {
        askedAtMs = clock.now();
        asking = ask();
      }
      if (known === undefined) await asking;
      return known;
    },
  };
}
