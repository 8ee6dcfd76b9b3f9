import type { Writable } from '../lib/writable.ts';
import type { Registration } from '../registration.ts';

/** One instance of a service as synapse knows it, whatever it was learned from. */
export interface Instance {
  /** Host name or address under which it is reached. */
  readonly host: string;
  readonly port: number;
  /** The id of the nerve that registered it. */
  readonly name?: string;
  /** ZooKeeper's sequence number of its node: the later, the higher. */
  readonly sequence?: number;
  readonly weight?: number;
  readonly serverOptions?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** It asks for no new traffic: it is about to leave. */
  readonly draining?: boolean;
  /** When it is announced to leave: seconds since the epoch. */
  readonly downtimeAtSeconds?: number;
  /** Nobody has checked it: it takes traffic once HAProxy's own check has passed. */
  readonly unvouched?: boolean;
}

const noLabels: Instance['labels'] = {};

export function toInstance(registration: Registration, sequence: number | undefined): Instance {
  const { host, port, name, weight, haproxy_server_options: serverOptions } = registration;
  const { downtime_at: downtimeAtSeconds } = registration;
  const labels = registration.labels ?? noLabels;
  const instance: Writable<Instance> = { host, port, name, labels };
  if (sequence !== undefined) instance.sequence = sequence;
  if (weight !== undefined) instance.weight = weight;
  if (serverOptions !== undefined) instance.serverOptions = serverOptions;
  if (registration.draining === true) instance.draining = true;
  if (downtimeAtSeconds !== undefined) instance.downtimeAtSeconds = downtimeAtSeconds;
  return instance;
}

/** `{name}_{host}:{port}`: the original's `construct_name`. */
export function serverName({ name, host, port }: Instance): string {
  return name ? `${name}_${host}:${port}` : `${host}:${port}`;
}

/** What has an instance. */
export interface Named {
  readonly instance: Instance;
}

/**
 * One for each host and port: the latest registration counts, as the older one is that of a session
 * that has not timed out yet.
 */
export function withoutDuplicates<T extends Named>(all: readonly T[]): readonly T[] {
  const latest = new Map<string, T>();
  for (const one of all) {
    const key = `${one.instance.host}:${one.instance.port}`;
    const other = latest.get(key);
    if (other === undefined || isLater(one.instance, other.instance)) latest.set(key, one);
  }
  return [...latest.values()];
}

/** Each name is made once: there may be tens of thousands. */
export function sortedByServer<T extends Named>(all: readonly T[]): readonly T[] {
  return all
    .map((one) => ({ one, server: serverName(one.instance) }))
    .sort((a, b) => compareText(a.server, b.server))
    .map(({ one }) => one);
}

/** By code units: the same order on every host, whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isLater(a: Instance, b: Instance): boolean {
  return (a.sequence ?? -1) > (b.sequence ?? -1);
}
