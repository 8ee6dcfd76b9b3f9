import { sourcesOf } from '../../config/synapse-discovery.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { createMovableStatsd } from '../../lib/movable-statsd.ts';
import type { Prometheus } from '../../lib/prometheus.ts';
import type { Labels } from '../../lib/statsd.ts';
import { version } from '../../lib/version.ts';
import { clusterName } from '../../zookeeper/cluster-name.ts';
import type { ServiceEntry } from '../service-book.ts';
import { countEvent } from './count-event.ts';
import type { families } from './families.ts';
import { setGauges } from './gauges.ts';
import type { SynapseMetrics } from './metrics.ts';
import { createRegistryCounts } from './registry-counts.ts';
import { cleanStop, createWatcherCounts } from './watcher-counts.ts';

export interface MetricsOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly prometheus: Prometheus<typeof families>;
}

/** To statsd under airbnb/synapse's names (`lib/synapse.rb` and below). */
export function createSynapseMetrics(options: MetricsOptions): SynapseMetrics {
  const { prometheus } = options;
  const statsd = createMovableStatsd(options);
  const count = (name: string, labels: Labels = {}): void => statsd.increment(name, labels);
  const totals = createTotals(prometheus);
  const registry = createRegistryCounts(statsd);
  const watchers = createWatcherCounts(count);
  return {
    started: (watchersMs) => {
      count('synapse.start');
      statsd.observe('synapse.watchers.start.time', watchersMs);
    },
    stopped: async () => {
      count('synapse.stop', cleanStop);
      await statsd.close();
    },
    count: (event, fields) => countEvent({ prometheus, count }, event, fields),
    watcherStarted: watchers.started,
    watcherStopped: (name) => {
      watchers.stopped(name);
      totals.forget(name);
      prometheus.forget('service', name).catch(() => undefined);
    },
    answered: (service, { config }) => {
      for (const source of sourcesOf(config.discovery)) {
        if (!('hosts' in source)) continue;
        const zk_cluster = clusterName(source.hosts);
        const labels = { zk_cluster, zk_path: source.path, service_name: service };
        count('synapse.watcher.zk.discovery', labels);
        if (source.method === 'zookeeper_poll') {
          count('synapse.watcher.zookeeper_poll.discover');
        }
      }
    },
    pinged: (all) => {
      if (!statsd.isOn) return;
      for (const [name, watching] of all()) {
        count('synapse.watcher.ping.count', {
          watcher_name: name,
          ping_result: watching ? 'success' : 'failure',
          synapse_version: version,
        });
      }
    },
    configChecked: (passed) => {
      count('synapse.haproxy.check_config', { status: String(passed) });
      const result = passed ? 'success' : 'failure';
      prometheus.increment('synapse_config_checks_total', { result });
    },
    passed: (elapsedMs) => statsd.observe('synapse.main_loop.elapsed_time', elapsedMs),
    applied: (elapsedMs) => {
      count('synapse.config.update');
      prometheus.observe('synapse_change_applied_seconds', {}, elapsedMs / 1_000);
    },
    read: (event) => {
      if (event.kind === 'created') return watchers.created(event.hosts);
      const { kind, elapsedMs } = event;
      if (kind !== 'connected') {
        prometheus.observe('synapse_registry_read_duration_seconds', { kind }, elapsedMs / 1_000);
      }
      if (statsd.isOn) registry.tell(event);
    },
    follow: ({ statsd: wanted, services }) => {
      registry.follow(services);
      watchers.follow(services);
      statsd.follow(
        wanted && { ...wanted, sampleRates: new Map(Object.entries(wanted.sample_rate)) },
      );
    },
    text: async (sources) => {
      await setGauges(prometheus, sources);
      for (const [service, entry] of sources.book.entries()) totals.follow(service, entry);
      return await prometheus.text();
    },
  };
}

/** Watchers count for themselves: what is new since the last scrape is added. */
function createTotals(prometheus: Prometheus<typeof families>) {
  const known = new Map<string, { readonly listings: number; readonly reads: number }>();
  return {
    follow: (service: string, { watcher }: ServiceEntry): void => {
      const { listings, reads } = watcher.status;
      const before = known.get(service) ?? { listings: 0, reads: 0 };
      known.set(service, { listings, reads });
      // A watcher that was replaced starts from nothing.
      const more = (now: number, then: number): number => (now >= then ? now - then : now);
      const labels = { service };
      prometheus.increment('synapse_listings_total', labels, more(listings, before.listings));
      prometheus.increment('synapse_reads_total', labels, more(reads, before.reads));
    },
    forget: (service: string): void => {
      known.delete(service);
    },
  };
}
