/** Kinds of values that several options of nerve and synapse share. */
import { z } from 'zod';
import { hasControlCharacters, isHost } from '../registration.ts';
import { isPath } from '../zookeeper/path.ts';
import { parseHosts, parseServer } from '../zookeeper/servers.ts';
import { mustBe } from './describe-issue.ts';

/** One line of text: nothing that could end a line of haproxy.cfg. */
export const line = z.string().refine((text) => !hasControlCharacters(text), {
  error: mustBe('one line without control characters'),
});

/** The originals take a list of lines, their READMEs a single one too. */
export const lines = z
  .union([line, z.array(line)])
  .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value));

/** Of the file system. */
export const path = line.min(1);

/** What HAProxy takes as the name of a section or server. */
export const proxyName = z.string().regex(/^[A-Za-z0-9_.:-]{1,255}$/, {
  error: mustBe('at most 255 letters, digits, "_", ".", ":" and "-"'),
});

export const host = z.string().refine(isHost, { error: mustBe('an address or a host name') });

/** Ruby converts digits in a string; so do we. */
const number = z.union(
  [
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ],
  {
    error: mustBe('a number'),
  },
);

export const integerBetween = (low: number, high: number) =>
  number.refine((value) => Number.isInteger(value) && value >= low && value <= high, {
    error: mustBe(`a whole number from ${low} to ${high}`),
  });

/** Seconds, or shares of them: nothing is allowed. */
export const notNegative = number.refine((value) => value >= 0, {
  error: mustBe('a number, 0 at least'),
});

export const port = integerBetween(1, 65_535);
export const count = integerBetween(1, 1_000);

/** More than nothing, at most a day. */
export const seconds = number.refine((value) => value >= 0.001 && value <= 86_400, {
  error: mustBe('a number of seconds from 0.001 to 86400'),
});

/** Nothing is allowed; at most a day. */
export const secondsOrNone = number.refine((value) => value >= 0 && value <= 86_400, {
  error: mustBe('a number of seconds from 0 to 86400'),
});

/** Ours: what a daemon asks ZooKeeper for; the originals have 32 s. */
export const sessionTimeoutMs = integerBetween(1_000, 600_000).default(10_000);

export const zkHost = z.string().refine((text) => isEnsemble([text]), {
  error: mustBe('host:port, such as "10.0.0.1:2181"'),
});

const zkServer = z.string().refine(isServer, {
  error: mustBe('host:port, such as "10.0.0.1:2181"'),
});

/** The members of one ensemble. A chroot behind any of them is that of all. */
export const zkHosts = z
  .array(zkHost)
  .min(1)
  .refine((hosts) => isEnsemble(hosts) || !hosts.every((one) => isEnsemble([one])), {
    error: mustBe('a list of hosts with one chroot: one session sees one part of the ensemble'),
  });

/**
 * Ours: members of ensembles that are reached through a tunnel, as `zk_hosts` and the like have them,
 * and where that listens.
 */
export const zkTunnels = z.record(zkServer, zkServer).default({});

/** With which a daemon proves to ZooKeeper who it is. */
export const digestAuth = line.regex(/^[^:]+:.+$/, { error: mustBe('"user:password"') });

export const zkPath = z.string().refine(isPath, {
  error: mustBe('a znode path such as "/production/services/web/services"'),
});

export const notSupportedYet = z.never('is not supported yet; leave it out').optional();

function isEnsemble(hosts: readonly string[]): boolean {
  return passes(() => parseHosts(hosts));
}

function isServer(text: string): boolean {
  return passes(() => parseServer(text));
}

function passes(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch {
    return false;
  }
}
