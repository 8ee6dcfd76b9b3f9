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

export function toInstance(registration: Registration, sequence: number | undefined): Instance {
  const { host, port, name, weight, haproxy_server_options: serverOptions } = registration;
  const { downtime_at: downtimeAtSeconds } = registration;
  return {
    host,
    port,
    name,
    labels: registration.labels ?? {},
    ...(sequence === undefined ? {} : { sequence }),
    ...(weight === undefined ? {} : { weight }),
    ...(serverOptions === undefined ? {} : { serverOptions }),
    ...(registration.draining === true ? { draining: true } : {}),
    ...(downtimeAtSeconds === undefined ? {} : { downtimeAtSeconds }),
  };
}

/** `{name}_{host}:{port}`: the original's `construct_name`. */
export function serverName({ name, host, port }: Instance): string {
  return name ? `${name}_${host}:${port}` : `${host}:${port}`;
}

/**
 * One instance for each host and port: the latest registration counts, as the older one is that
 * of a session that has not timed out yet. Sorted by server name.
 */
export function withoutDuplicates(instances: readonly Instance[]): readonly Instance[] {
  const latest = new Map<string, Instance>();
  for (const instance of instances) {
    const key = `${instance.host}:${instance.port}`;
    const other = latest.get(key);
    if (other === undefined || isLater(instance, other)) latest.set(key, instance);
  }
  return [...latest.values()].sort((a, b) => compareText(serverName(a), serverName(b)));
}

/** By code units: the same order on every host, whatever its locale. */
export function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isLater(a: Instance, b: Instance): boolean {
  return (a.sequence ?? -1) > (b.sequence ?? -1);
}
