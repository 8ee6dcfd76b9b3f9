import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import { createMovableStatsd } from '../../lib/movable-statsd.ts';
import type { Prometheus } from '../../lib/prometheus.ts';
import type { Labels } from '../../lib/statsd.ts';
import { clusterName } from '../../zookeeper/cluster-name.ts';
import type { NerveStatus } from '../status.ts';
import type { families } from './families.ts';
import type { CheckMeasurement, NerveMetrics } from './metrics.ts';

export interface MetricsOptions {
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  readonly logger: Logger;
  readonly prometheus: Prometheus<typeof families>;
}

/** To statsd under airbnb/nerve's names (`lib/nerve.rb`, `lib/nerve/service_watcher.rb`). */
export function createNerveMetrics(options: MetricsOptions): NerveMetrics {
  const { prometheus } = options;
  const statsd = createMovableStatsd(options);
  const count = (name: string, labels: Labels = {}): void => statsd.increment(name, labels);
  return {
    started: () => count('nerve.start'),
    stopped: async () => {
      count('nerve.stop', { stop_avenue: 'clean', stop_location: 'main_loop' });
      await statsd.close();
    },
    configUpdated: () => count('nerve.config.update'),
    launched: (name, reason) => {
      count('nerve.watcher.launch', { launch_reason: reason, watcher_name: name });
      count('nerve.watcher.start', { service_name: name });
    },
    reaped: (name, reason) => {
      count('nerve.watcher.reap', { reap_reason: reason, watcher_name: name });
      const stop = { stop_avenue: 'clean', stop_location: 'main_loop' };
      count('nerve.watcher.stop', { ...stop, service_name: name });
      prometheus.forget('service', name).catch(() => undefined);
    },
    checked: ({ service, check, passed, elapsedMs }: CheckMeasurement) => {
      count('nerve.watcher.status.service_check', {
        check_result: passed ? 'up' : 'down',
        service_name: service,
        check_name: check,
      });
      const result = passed ? 'pass' : 'fail';
      prometheus.increment('nerve_checks_total', { service, check, result });
      prometheus.observe('nerve_check_duration_seconds', { service }, elapsedMs / 1_000);
    },
    transition: (service, health) => {
      count('nerve.watcher.status.transition', { new_status: health, service_name: service });
      prometheus.increment('nerve_transitions_total', { service, health });
    },
    reported: (service, result) => {
      count('nerve.watcher.status.report.count', {
        report_result: result,
        service_name: service,
      });
      prometheus.increment('nerve_reports_total', { service, result });
    },
    wrote: (kind, { place, path, elapsedMs }) => {
      const zk_cluster = clusterName(place.hosts);
      prometheus.observe('nerve_registry_write_duration_seconds', { kind }, elapsedMs / 1_000);
      switch (kind) {
        case 'create':
          statsd.observe('nerve.reporter.zk.create.elapsed_time', elapsedMs, {
            zk_cluster,
            zk_path: place.path,
          });
          if (!place.usePathEncoding) return;
          statsd.gauge('nerve.reporter.zk.child.bytes', path.length - place.path.length - 1, {
            zk_cluster,
            zk_path: place.path,
          });
          return;
        case 'delete':
          statsd.observe('nerve.reporter.zk.delete.elapsed_time', elapsedMs, { zk_cluster });
          return;
        case 'touch':
          count('nerve.reporter.zk.ttl.renew', { zk_cluster, result: 'success' });
      }
    },
    throttled: (service, shadowMode) => {
      const shadow_mode = String(shadowMode);
      count('nerve.watcher.throttled', { service_name: service, shadow_mode });
      prometheus.increment('nerve_throttled_total', { service, shadow_mode });
    },
    follow: (place) => statsd.follow(place),
    text: async (status) => {
      setGauges(prometheus, status);
      return await prometheus.text();
    },
  };
}

function setGauges(prometheus: Prometheus<typeof families>, status: NerveStatus): void {
  const { services, registry, rejected } = status;
  const perService = (value: (one: NerveStatus['services'][number]) => boolean | undefined) =>
    services.flatMap((one) => {
      const holds = value(one);
      return holds === undefined ? [] : [{ labels: { service: one.name }, value: Number(holds) }];
    });
  prometheus.set(
    'nerve_service_up',
    perService(({ health }) => (health === undefined ? undefined : health === 'up')),
  );
  prometheus.set(
    'nerve_service_withheld',
    perService(({ decision, health }) => decision.outcome === 'down' && health !== 'down'),
  );
  prometheus.set(
    'nerve_service_registered',
    services.flatMap(({ name, reports }) =>
      reports.map(({ place, registered }) => ({
        labels: { service: name, reporter: place.type },
        value: Number(registered !== undefined),
      })),
    ),
  );
  prometheus.set(
    'nerve_registry_connected',
    registry.map(({ hosts, state }) => ({
      labels: { hosts },
      value: Number(state === 'connected'),
    })),
  );
  prometheus.set('nerve_config_problems', [{ labels: {}, value: rejected.length }]);
}
