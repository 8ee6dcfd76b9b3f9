/** The instances of each service as server lines; bad ones are left out and named. */
import type { ZoneConfig } from '../../config/synapse-guard.ts';
import { type Instance, serverName } from '../instance.ts';
import { balance, type Candidate } from './balance.ts';
import type { ServersByBackend } from './render.ts';
import type { BackendSettings, Sections } from './sections.ts';
import { createIdSource } from './server-ids.ts';
import { type BuiltLine, buildServerLine, type ServerLine } from './server-line.ts';
import { withoutOption } from './server-options.ts';

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

interface Draft {
  readonly instance: Instance;
  readonly line: ServerLine;
}

function buildBackend(
  settings: BackendSettings,
  instances: readonly Instance[],
  context: BuildContext,
): { readonly lines: readonly ServerLine[]; readonly rejected: readonly Rejected[] } {
  const { service, backend, ownIds } = settings;
  const rejected: Rejected[] = [];
  const reject = (instance: Instance, reason: string): void => {
    rejected.push({ service, server: serverName(instance), reason });
  };
  const drafts: Draft[] = [];
  for (const instance of instances) {
    const result = draft(settings, instance, context);
    if (result.ok) drafts.push({ instance, line: result.line });
    else reject(instance, result.reason);
  }
  const owners = ownersOfNames(drafts, backend, context);
  for (const one of drafts) {
    if (owners.get(one.line.name) !== one) reject(one.instance, 'another server has its name');
  }
  const unique = [...owners.values()];
  const known = context.ids.get(backend) ?? new Map<string, number>();
  const identify = createIdSource(
    unique.map(({ line }) => line),
    { known, own: ownIds, max: context.maxServerId },
  );
  const built: Candidate[] = [];
  for (const { instance, line: unnumbered } of unique) {
    const line = identify(unnumbered);
    if (line === undefined) {
      reject(instance, 'another server has its id');
      continue;
    }
    const { draining = false, labels } = instance;
    // Whoever is vouched for is up as soon as HAProxy has it.
    const up = context.isUp(backend, line.name) ?? instance.unvouched !== true;
    built.push({ line, draining, up, labels });
  }
  return { lines: balance(built, context.zones.get(service)), rejected };
}

/** Whatever concerns the instance alone. */
function draft(settings: BackendSettings, instance: Instance, context: BuildContext): BuiltLine {
  const { backend } = settings;
  const address =
    context.addressOf(instance.host) ?? context.runningAt(backend, serverName(instance));
  if (address === undefined) return { ok: false, reason: 'its host name has no address' };
  const result = buildServerLine(settings, instance, address);
  const isRefused = result.ok && hasRefused(context, backend, result.line);
  return isRefused ? { ok: false, reason: 'HAProxy refused its options' } : result;
}

/**
 * `web_1` at `a` and `web` at `1_a` would be one server. It is whose host it runs at, then whoever
 * comes first.
 */
function ownersOfNames(
  drafts: readonly Draft[],
  backend: string,
  { addressOf, runningAt }: BuildContext,
): ReadonlyMap<string, Draft> {
  const owners = new Map<string, Draft>();
  const runs = ({ instance, line }: Draft): boolean => {
    const address = addressOf(instance.host);
    return address !== undefined && address === runningAt(backend, line.name);
  };
  for (const one of drafts) {
    const other = owners.get(one.line.name);
    if (other === undefined || (!runs(other) && runs(one))) owners.set(one.line.name, one);
  }
  return owners;
}

function hasRefused({ refusedLines }: BuildContext, backend: string, line: ServerLine): boolean {
  return refusedLines.size > 0 && refusedLines.has(refusedKey(backend, line));
}

/** Free of ids and weights, which differ from one attempt to the next and are always legal. */
export function refusedKey(backend: string, { name, words }: ServerLine): string {
  const rest = ['id', 'weight'].reduce(withoutOption, words);
  return [backend, name, ...rest].join(' ');
}
