/** Starts and ends of watchers, as airbnb/synapse tells statsd of them. */
import type { SynapseConfig } from '../../config/synapse.ts';
import { type Discovery, ensemblesOf } from '../../config/synapse-discovery.ts';
import type { Labels } from '../../lib/statsd.ts';
import { clusterName } from '../../zookeeper/cluster-name.ts';
import { ensembleKey } from '../../zookeeper/ensembles.ts';

export interface WatcherCounts {
  /** A session was made, for whoever starts next. */
  created(hosts: readonly string[]): void;
  started(service: string): void;
  stopped(service: string): void;
  follow(services: SynapseConfig['services']): void;
}

/** What every end of synapse is tagged with. */
export const cleanStop = { stop_avenue: 'clean', stop_location: 'main_loop' } as const;

export function createWatcherCounts(count: (name: string, labels?: Labels) => void): WatcherCounts {
  let services: SynapseConfig['services'] = {};
  const fresh = new Set<string>();
  const running = new Map<string, Discovery>();
  const countSeveral = (discovery: Discovery, name: string): void => {
    if (discovery.method !== 'multi') return;
    count(name);
    for (const one of Object.values(discovery.watchers)) countSeveral(one, name);
  };
  return {
    created: (hosts) => fresh.add(ensembleKey(hosts)),
    started: (service) => {
      count('synapse.watcher.start', { start_result: 'success', watcher_name: service });
      const config = Object.hasOwn(services, service) ? services[service] : undefined;
      if (config === undefined) return;
      running.set(service, config.discovery);
      countSeveral(config.discovery, 'synapse.watcher.multi.start');
      for (const hosts of ensemblesOf(config.discovery)) {
        const client = fresh.delete(ensembleKey(hosts)) ? 'created' : 'reused';
        const labels = { zk_cluster: clusterName(hosts), service_name: service };
        count(`synapse.watcher.zk.client.${client}`, labels);
      }
    },
    stopped: (service) => {
      count('synapse.watcher.stop', { ...cleanStop, watcher_name: service });
      const discovery = running.get(service);
      running.delete(service);
      if (discovery !== undefined) countSeveral(discovery, 'synapse.watcher.multi.stop');
    },
    follow: (wanted) => {
      services = wanted;
    },
  };
}
