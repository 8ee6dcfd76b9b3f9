/**
 * From what a watcher found to the instances that should serve: pure, and the original's rules
 * (`lib/synapse/service_watcher/base/base.rb`, `set_backends`, `update_backends`, `backends`).
 */
import type { DefaultServer, ServiceConfig } from '../config/synapse.ts';
import type { LabelFilter, LabelFiltered } from '../config/synapse-labels.ts';
import { type Instance, withoutDuplicates } from './instance.ts';

export interface Selection {
  readonly instances: readonly Instance[];
  readonly source: 'registry' | 'default_servers' | 'previous' | 'none';
}

/**
 * `found` is what the registry reports, `undefined` while it has not answered (law 2: that is not
 * an empty list); `previous` is the last list that it did report with instances in it, less those
 * that have left on purpose since.
 */
export function selectInstances(
  service: ServiceConfig,
  found: readonly Instance[] | undefined,
  previous: readonly Instance[],
): Selection {
  const { instances, source } = choose(service, found, previous);
  const port = service.backend_port_override ?? service.haproxy.server_port_override;
  const placed = port === undefined ? instances : instances.map((one) => ({ ...one, port }));
  const fitting = withoutDuplicates(placed).filter((one) => passes(service.discovery, one));
  return { instances: service.leader_election ? leaderOf(fitting) : fitting, source };
}

function choose(
  service: ServiceConfig,
  found: readonly Instance[] | undefined,
  previous: readonly Instance[],
): Selection {
  const defaults = service.default_servers.map(toDefaultInstance);
  const kept = service.keep_default_servers ? defaults : [];
  if (found !== undefined && found.length > 0) {
    return { instances: [...found, ...kept], source: 'registry' };
  }
  const mayUsePrevious = found === undefined || defaults.length === 0;
  const wantsPrevious = found === undefined || service.use_previous_backends;
  if (mayUsePrevious && wantsPrevious && previous.length > 0) {
    return { instances: [...previous, ...kept], source: 'previous' };
  }
  if (defaults.length > 0) return { instances: defaults, source: 'default_servers' };
  return { instances: [], source: 'none' };
}

/** The filters of any discovery, and of each watcher of several. */
export function passes(
  { label_filters, label_filter }: LabelFiltered,
  { labels }: Instance,
): boolean {
  const filters: readonly LabelFilter[] = [
    ...label_filters,
    ...(label_filter === undefined ? [] : [label_filter]),
  ];
  return filters.every(({ label, value, condition }) =>
    condition === 'equals' ? labels[label] === value : labels[label] !== value,
  );
}

/** The lowest sequence number leads; without one for each instance, nobody does. */
function leaderOf(instances: readonly Instance[]): readonly Instance[] {
  const sequences = instances.map(({ sequence }) => sequence);
  if (sequences.includes(undefined)) return [];
  const lowest = Math.min(...sequences.filter((sequence) => sequence !== undefined));
  return instances.filter(({ sequence }) => sequence === lowest);
}

function toDefaultInstance(server: DefaultServer): Instance {
  const { name, host, id, weight, haproxy_server_options: serverOptions } = server;
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
