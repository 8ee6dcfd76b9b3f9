import { lookup } from 'node:dns/promises';
import type { Clock } from '../lib/clock.ts';
import { withDeadline } from '../lib/deadline.ts';
import type { Logger } from '../lib/logger.ts';
import type { Tunnels } from './access.ts';
import { isPath } from './path.ts';

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
}

export interface ServerList {
  /**
   * The address to try next. A round tries every address of every name once, in random order;
   * each round resolves the names anew. `undefined` when no name resolves at present.
   */
  next(signal: AbortSignal): Promise<ServerAddress | undefined>;
  /** Whether every address of the round has been given out. */
  readonly roundIsOver: boolean;
  /** Starts a new round, which tries `last` at its end: it has just failed us. */
  startOver(last: ServerAddress): void;
  /** Starts a new round, over these. */
  replace(hosts: readonly string[]): void;
  /** Starts a new round, over the same servers on other ways. */
  reachThrough(tunnels: Tunnels): void;
}

/** A list of hosts as one ensemble, and the node of it that takes the place of its root. */
export interface EnsembleAddress {
  readonly servers: readonly ServerAddress[];
  /** `/a/path`; empty for none. */
  readonly chroot: string;
}

export interface ServerListOptions {
  /** As for `parseHosts`. */
  readonly hosts: readonly string[];
  readonly random: () => number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly resolve?: (host: string) => Promise<readonly string[]>;
}

const defaultPort = 2181;
const resolveDeadlineMs = 2_000;

export function createServerList(options: ServerListOptions): ServerList {
  let { servers } = parseHosts(options.hosts);
  let ways: Tunnels = {};
  let round: ServerAddress[] = [];
  let failed: ServerAddress | undefined;
  return {
    next: async (signal) => {
      if (round.length === 0) {
        const addresses = await resolveAll(throughTunnels(servers, ways), options, signal);
        round = last(shuffle(addresses, options.random), failed);
        failed = undefined;
      }
      return round.shift();
    },
    get roundIsOver() {
      return round.length === 0;
    },
    startOver: (address) => {
      round = [];
      failed = address;
    },
    replace: (hosts) => {
      ({ servers } = parseHosts(hosts));
      round = [];
    },
    reachThrough: (tunnels) => {
      ways = tunnels;
      round = [];
    },
  };
}

/**
 * `host`, `host:port`, `[v6]:port`; the port defaults to 2181. A chroot (`host:port/a/path`) counts
 * for all: the originals join the list with commas, so that it stands behind the last; here any may
 * have it.
 *
 * Throws where one names no server, or where two disagree; configuration is checked before.
 */
export function parseHosts(hosts: readonly string[]): EnsembleAddress {
  const parts = hosts.map((text) => {
    const slash = `${text}/`.indexOf('/');
    return { server: text.slice(0, slash), chroot: text.slice(slash) };
  });
  const [chroot = '', another] = new Set(
    parts.map((one) => one.chroot).filter((one) => one !== ''),
  );
  if (another !== undefined) {
    throw new TypeError(`${chroot} and ${another} follow the hosts of one list; give one of them`);
  }
  if (chroot !== '' && !isPath(chroot)) {
    throw new TypeError(`${JSON.stringify(chroot)} behind a host is no znode path`);
  }
  return { servers: parts.map(({ server }) => parseServer(server)), chroot };
}

/** Throws for text that names no server; configuration is checked before. */
export function parseServer(text: string): ServerAddress {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+))(?::(\d{1,5}))?$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3] ?? defaultPort);
  if (host === undefined || port < 1 || port > 65_535) {
    throw new TypeError(`${JSON.stringify(text)} is no ZooKeeper server; write host:port`);
  }
  return { host, port };
}

function throughTunnels(
  servers: readonly ServerAddress[],
  tunnels: Tunnels,
): readonly ServerAddress[] {
  const ways = new Map(
    Object.entries(tunnels).map(([member, way]) => [nameOf(parseServer(member)), parseServer(way)]),
  );
  return servers.map((server) => ways.get(nameOf(server)) ?? server);
}

function nameOf({ host, port }: ServerAddress): string {
  return `${host}:${port}`;
}

async function resolveAll(
  servers: readonly ServerAddress[],
  { clock, logger, resolve = lookupAll }: ServerListOptions,
  signal: AbortSignal,
): Promise<readonly ServerAddress[]> {
  const resolved = servers.map(async ({ host, port }) => {
    try {
      const addresses = await withDeadline(resolve(host), { ms: resolveDeadlineMs, clock, signal });
      return addresses.map((address) => ({ host: address, port }));
    } catch (error) {
      signal.throwIfAborted();
      logger.warn('zookeeper-name-unresolved', { server: host, error });
      return [];
    }
  });
  return (await Promise.all(resolved)).flat();
}

async function lookupAll(host: string): Promise<readonly string[]> {
  const addresses = await lookup(host, { all: true });
  return addresses.map(({ address }) => address);
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}

function last(round: ServerAddress[], failed: ServerAddress | undefined): ServerAddress[] {
  const isFailed = (address: ServerAddress): boolean =>
    address.host === failed?.host && address.port === failed.port;
  return [...round.filter((address) => !isFailed(address)), ...round.filter(isFailed)];
}
