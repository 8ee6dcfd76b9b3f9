/** What synapse asks of ZooKeeper, as airbnb/synapse tells statsd of it (`zookeeper/zookeeper.rb`). */
import type { SynapseConfig } from '../../config/synapse.ts';
import { sourcesOf } from '../../config/synapse-discovery.ts';
import type { Labels, Statsd } from '../../lib/statsd.ts';
import { clusterName } from '../../zookeeper/cluster-name.ts';
import type { RegistryEvent, RegistryRead } from './metrics.ts';

const prefix = 'synapse.watcher.zk';

export interface RegistryCounts {
  tell(event: Exclude<RegistryEvent, { readonly kind: 'created' }>): void;
  follow(services: SynapseConfig['services']): void;
}

export function createRegistryCounts(statsd: Statsd): RegistryCounts {
  let serviceAt: ReadonlyMap<string, string> = new Map();
  return {
    tell: (event) => {
      const zk_cluster = clusterName(event.hosts);
      if (event.kind === 'connected') {
        // One session for all services of an ensemble: it is nobody's own.
        statsd.observe(`${prefix}.connect.elapsed_time`, event.elapsedMs, { zk_cluster });
        return;
      }
      const parent = event.path.slice(0, event.path.lastIndexOf('/'));
      const service_name = serviceAt.get(event.path) ?? serviceAt.get(parent) ?? 'unknown';
      sendRead(statsd, event, { zk_cluster, service_name });
    },
    follow: (services) => {
      serviceAt = servicesByPath(services);
    },
  };
}

function sendRead(statsd: Statsd, read: RegistryRead, labels: Labels): void {
  const { kind, path, elapsedMs, bytes, isThere, leavesWatch } = read;
  const { zk_cluster = '' } = labels;
  statsd.observe(`${prefix}.${kind}.elapsed_time`, elapsedMs, labels);
  if (leavesWatch) {
    statsd.observe(`${prefix}.watch.elapsed_time`, elapsedMs, { ...labels, zk_path: path });
  }
  if (kind === 'get') {
    if (bytes === undefined && !leavesWatch) statsd.increment(`${prefix}.get_child_failed`);
    return;
  }
  if (!isThere) statsd.increment(`${prefix}.children.failed`, labels);
  if (bytes === undefined) return;
  // Where the original gives up on the service.
  if (!isThere && leavesWatch) statsd.increment(`${prefix}.register_failed`);
  statsd.gauge(`${prefix}.children.bytes`, bytes, { zk_cluster, zk_path: path });
}

function servicesByPath(services: SynapseConfig['services']): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(services).flatMap(([name, { discovery }]) =>
      sourcesOf(discovery).flatMap((source) => {
        if (!('hosts' in source)) return [];
        const { path, generator_config_path: settings = path } = source;
        return [settings, path].map((one) => [one, name] as const);
      }),
    ),
  );
}
