/** The instances of each service as server lines; bad ones are left out and named. */
import type { ZoneConfig } from '../../config/synapse-guard.ts';
import { type Instance, serverName } from '../instance.ts';
import { balance, type Candidate } from './balance.ts';
import type { ServersByBackend } from './render.ts';
import type { BackendSettings, Sections } from './sections.ts';
import { buildServerLine, idOf, type ServerLine } from './server-line.ts';
import { splitWords, withoutOption } from './server-options.ts';

export interface Rejected {
  readonly service: string;
  readonly server: string;
  readonly reason: string;
}

export interface BuiltServers {
  readonly servers: ServersByBackend;
  readonly rejected: readonly Rejected[];
}

export interface BuildContext {
  /** An instance's host as an IP address; `undefined` while the name has none. */
  readonly addressOf: (host: string) => string | undefined;
  /** At which HAProxy has the server now: it goes on there while the name has no address (law 2). */
  readonly runningAt: (backend: string, server: string) => string | undefined;
  /** Backend → server → the `id` that it has or had: kept, as hashes depend on it. */
  readonly ids: ReadonlyMap<string, ReadonlyMap<string, number>>;
  readonly maxServerId: number;
  /** What a backend keeps while nothing is known of its service, which is not empty (law 2). */
  readonly held: (backend: string) => readonly ServerLine[];
  /** Lines that HAProxy itself refused, as `backend/line`. */
  readonly refusedLines: ReadonlySet<string>;
  /** Whether HAProxy would send the server requests; `undefined` where it does not have it yet. */
  readonly isUp: (backend: string, server: string) => boolean | undefined;
  /** Service → the zone that it prefers. */
  readonly zones: ReadonlyMap<string, ZoneConfig>;
}

/** `instances` are sorted by server name: that is the order in which new ones get their ids. */
export function buildServers(
  { backends }: Pick<Sections, 'backends'>,
  instances: ReadonlyMap<string, readonly Instance[]>,
  context: BuildContext,
): BuiltServers {
  const rejected: Rejected[] = [];
  const servers = new Map<string, readonly ServerLine[]>();
  for (const settings of backends) {
    const known = instances.get(settings.service);
    if (known === undefined) {
      servers.set(settings.backend, context.held(settings.backend));
      continue;
    }
    const built = buildBackend(settings, known, context);
    servers.set(settings.backend, built.lines);
    rejected.push(...built.rejected);
  }
  return { servers, rejected };
}

function buildBackend(
  settings: BackendSettings,
  instances: readonly Instance[],
  context: BuildContext,
): { readonly lines: readonly ServerLine[]; readonly rejected: readonly Rejected[] } {
  const { service, backend } = settings;
  const built: Candidate[] = [];
  const rejected: Rejected[] = [];
  const known = context.ids.get(backend) ?? new Map<string, number>();
  const takeId = createIdSource(known, namedIds(instances), context.maxServerId);
  for (const instance of instances) {
    const server = serverName(instance);
    const reject = (reason: string): number => rejected.push({ service, server, reason });
    const address = context.addressOf(instance.host) ?? context.runningAt(backend, server);
    if (address === undefined) {
      reject('its host name has no address');
      continue;
    }
    const result = buildServerLine(settings, instance, address, takeId(server));
    if (!result.ok) reject(result.reason);
    else if (isRefused(context, backend, result.line)) {
      reject('HAProxy refused its options');
    } else {
      const { draining = false, labels } = instance;
      // Whoever is vouched for is up as soon as HAProxy has it.
      const up = context.isUp(backend, server) ?? instance.unvouched !== true;
      built.push({ line: result.line, draining, up, labels });
    }
  }
  return { lines: balance(built, context.zones.get(service)), rejected };
}

function isRefused({ refusedLines }: BuildContext, backend: string, line: ServerLine): boolean {
  return refusedLines.size > 0 && refusedLines.has(refusedKey(backend, line));
}

/** Free of ids and weights, which differ from one attempt to the next and are always legal. */
export function refusedKey(backend: string, { name, words }: ServerLine): string {
  const id = idOf({ name, address: '', words });
  const rest = withoutOption(words, 'weight');
  return [backend, name, ...rest.filter((one) => one !== 'id' && one !== String(id))].join(' ');
}

/** Those that instances bring along in their own options: nobody else may get them. */
function namedIds(instances: readonly Instance[]): readonly number[] {
  return instances.flatMap(({ serverOptions }) => {
    if (serverOptions === undefined) return [];
    const words = splitWords(serverOptions);
    return words.includes('id') ? [Number(words[words.lastIndexOf('id') + 1])] : [];
  });
}

/** A server keeps its id; a new one takes the lowest that is free, as in the original. */
function createIdSource(
  known: ReadonlyMap<string, number>,
  named: readonly number[],
  max: number,
): (server: string) => number | undefined {
  const taken = new Set([...known.values(), ...named]);
  let probe = 1;
  return (server) => {
    const own = known.get(server);
    if (own !== undefined) return own;
    while (taken.has(probe) && probe <= max) probe += 1;
    if (probe > max) return undefined;
    taken.add(probe);
    return probe;
  };
}
