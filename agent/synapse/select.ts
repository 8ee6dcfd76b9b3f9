/**
 * From what a watcher found to the instances that should serve: pure, and the original's rules
 * (`lib/synapse/service_watcher/base/base.rb`, `set_backends`, `update_backends`, `backends`).
 */
import type { DefaultServer, ServiceConfig } from '../config/synapse.ts';
import type { LabelFilter, LabelFiltered } from '../config/synapse-labels.ts';
import { missingFrom } from './departures.ts';
import { type Held, placeOf } from './guard/guard.ts';
import { type Hands, noHands, type Pin, type TakenOut } from './hands/hands.ts';
import {
  type Instance,
  type Named,
  serverName,
  sortedByServer,
  withoutDuplicates,
} from './instance.ts';
import { fallbackPortOf } from './watchers/fallback-port.ts';

/** Where an instance is known from. */
export type Origin = 'registry' | 'file' | 'previous' | 'default' | 'guard' | 'pinned';

/** One instance of a service, and why it is one. */
export interface Member {
  readonly instance: Instance;
  readonly origin: Origin;
  readonly guarded: Held | undefined;
  readonly pin: Pin | undefined;
  readonly out: TakenOut | undefined;
}

export interface Selection {
  readonly members: readonly Member[];
  /** Those that should serve: all but those in maintenance. Sorted by server name, as `members` are. */
  readonly instances: readonly Instance[];
  readonly source: 'registry' | 'default_servers' | 'previous' | 'none';
}

/** What is known of a service beside its registry. */
export interface Beside {
  readonly held: readonly Held[];
  readonly hands: Hands;
  /** `previous` is that of the state file: nothing newer is known. */
  readonly isFromFile: boolean;
}

const nothing: Beside = { held: [], hands: noHands, isFromFile: false };

/**
 * `found` is what the registry reports, `undefined` while it has not answered (law 2: that is not
 * an empty list); `previous` is the last list that it did report with instances in it, less those
 * that have left on purpose since.
 */
export function selectInstances(
  service: ServiceConfig,
  found: readonly Instance[] | undefined,
  previous: readonly Instance[],
  beside: Beside = nothing,
): Selection {
  const { candidates, source } = choose(service, found, previous, beside);
  const port = fallbackPortOf(service);
  const placed = (one: Instance): Instance => (port === undefined ? one : { ...one, port });
  const known = candidates.map(({ instance, origin }) => ({ instance: placed(instance), origin }));
  const fitting = withoutDuplicates(known).filter(({ instance }) =>
    passes(service.discovery, instance),
  );
  const chosen = service.leader_election ? leaderOf(fitting) : fitting;
  const held = new Map(beside.held.map((one) => [placeOf(placed(one.instance)), one]));
  const members = withHands(chosen, held, beside.hands);
  return { members, instances: members.flatMap(serving), source };
}

interface Candidate extends Named {
  readonly origin: Origin;
}

/** What an operator pinned is there in any case. */
function withHands(
  chosen: readonly Candidate[],
  held: ReadonlyMap<string, Held>,
  hands: Hands,
): readonly Member[] {
  return sortedByServer([...chosen, ...pinnedOnly(chosen, hands)]).map(({ instance, origin }) => ({
    instance,
    origin,
    guarded: find(held, instance, placeOf),
    pin: find(hands.pinned, instance, serverName),
    out: find(hands.out, instance, serverName),
  }));
}

function pinnedOnly(chosen: readonly Candidate[], { pinned }: Hands): readonly Candidate[] {
  if (pinned.size === 0) return [];
  const names = new Set(chosen.map(({ instance }) => serverName(instance)));
  const lost = [...pinned].filter(([server]) => !names.has(server));
  return lost.map(([, { instance }]) => ({ instance, origin: 'pinned' }));
}

/** Names are made only where there is something to find. */
function find<T>(
  known: ReadonlyMap<string, T>,
  instance: Instance,
  keyOf: (instance: Instance) => string,
): T | undefined {
  return known.size === 0 ? undefined : known.get(keyOf(instance));
}

/** Whom the registry has lost, and HAProxy perhaps too, takes traffic once HAProxy finds it up. */
function serving({ instance, origin, out }: Member): readonly Instance[] {
  if (out?.mode === 'maintenance') return [];
  const isLost = origin === 'guard' || origin === 'pinned';
  if (!isLost && out === undefined) return [instance];
  return [
    {
      ...instance,
      ...(isLost ? { unvouched: true } : {}),
      ...(out?.mode === 'drain' ? { draining: true } : {}),
    },
  ];
}

function choose(
  service: ServiceConfig,
  found: readonly Instance[] | undefined,
  previous: readonly Instance[],
  { held, isFromFile }: Beside,
): { readonly candidates: readonly Candidate[]; readonly source: Selection['source'] } {
  const from = (origin: Origin, instances: readonly Instance[]): readonly Candidate[] =>
    instances.map((instance) => ({ instance, origin }));
  const defaults = from('default', service.default_servers.map(toDefaultInstance));
  const kept = service.keep_default_servers ? defaults : [];
  const lost = held.map(({ instance }) => instance);
  const guarded = from('guard', lost);
  if (found !== undefined && found.length > 0) {
    const known = from('registry', found);
    return { candidates: [...known, ...guarded, ...kept], source: 'registry' };
  }
  const mayUsePrevious = found === undefined || !believesEmpty(service);
  if (mayUsePrevious && previous.length > 0) {
    const known = from(isFromFile ? 'file' : 'previous', missingFrom(lost, previous));
    return { candidates: [...known, ...guarded, ...kept], source: 'previous' };
  }
  if (defaults.length > 0) return { candidates: defaults, source: 'default_servers' };
  return { candidates: [], source: 'none' };
}

/** Whether an empty list takes away all that was there before. */
export function believesEmpty({
  default_servers,
  use_previous_backends,
}: Pick<ServiceConfig, 'default_servers' | 'use_previous_backends'>): boolean {
  return default_servers.length > 0 || !use_previous_backends;
}

/** The filters of any discovery, and of each watcher of several. */
export function passes(
  { label_filters, label_filter }: LabelFiltered,
  { labels }: Instance,
): boolean {
  const fits = ({ label, value, condition }: LabelFilter): boolean =>
    condition === 'equals' ? labels[label] === value : labels[label] !== value;
  return label_filters.every(fits) && (label_filter === undefined || fits(label_filter));
}

/** The lowest sequence number leads; without one for each instance, nobody does. */
function leaderOf(candidates: readonly Candidate[]): readonly Candidate[] {
  const sequences = candidates.map(({ instance }) => instance.sequence);
  if (sequences.includes(undefined)) return [];
  const lowest = Math.min(...sequences.filter((sequence) => sequence !== undefined));
  return candidates.filter(({ instance }) => instance.sequence === lowest);
}

function toDefaultInstance(server: DefaultServer): Instance {
  const { name, host, id, weight } = server;
  const serverOptions = optionsOf(server);
  return {
    host,
    // The schema lets it be missing only where an override replaces it.
    port: server.port ?? 0,
    labels: server.labels,
    ...(name === undefined ? {} : { name }),
    ...(id === undefined ? {} : { sequence: id }),
    ...(weight === undefined ? {} : { weight }),
    ...(serverOptions === undefined ? {} : { serverOptions }),
  };
}

/** The `id` in the options wins, as in the original. */
function optionsOf(server: DefaultServer): string | undefined {
  const { haproxy_server_options: options, haproxy_server_id: id } = server;
  if (id === undefined || options?.split(/\s+/).includes('id')) return options;
  return options === undefined ? `id ${id}` : `id ${id} ${options}`;
}
