/** Transitions that are told of in the log, as counts. */
import type { LogFields } from '../../lib/logger.ts';
import type { Prometheus } from '../../lib/prometheus.ts';
import type { Labels } from '../../lib/statsd.ts';
import { clusterName } from '../../zookeeper/cluster-name.ts';
import type { families } from './families.ts';

export interface Sinks {
  readonly prometheus: Prometheus<typeof families>;
  /** To statsd, under airbnb/synapse's names (`lib/synapse.rb` and below). */
  readonly count: (name: string, labels?: Labels) => void;
}

/** Counts one event; `field` reads a field of its line. */
type Counter = (sinks: Sinks, field: (name: string) => string) => void;

export function countEvent(sinks: Sinks, event: string, fields: LogFields): void {
  counters.get(event)?.(sinks, (name) => String(fields[name] ?? 'unknown'));
}

const steps = [
  'add-server',
  'finish-adding',
  'retire-server',
  'restore-server',
  'delete-server',
  'set-weight',
  'set-address',
] as const;

const updateFailed =
  (config: string): Counter =>
  ({ count }) =>
    count('synapse.config.update_failed', { config_name: config });

const toggle = 'synapse.watcher.multi.resolver.s3_toggle';

const counters: ReadonlyMap<string, Counter> = new Map<string, Counter>([
  ...steps.map((step): [string, Counter] => [
    step,
    ({ prometheus }) => prometheus.increment('synapse_steps_total', { step, result: 'done' }),
  ]),
  [
    'step-refused',
    ({ prometheus }, field) =>
      prometheus.increment('synapse_steps_total', { step: field('step'), result: 'refused' }),
  ],
  [
    'proxy-reloaded',
    ({ prometheus }) => prometheus.increment('synapse_reloads_total', { result: 'success' }),
  ],
  [
    'reload-failed',
    ({ prometheus, count }) => {
      count('synapse.haproxy.reload_failed');
      prometheus.increment('synapse_reloads_total', { result: 'failure' });
    },
  ],
  [
    'runtime-socket-failed',
    ({ prometheus }) => prometheus.increment('synapse_socket_errors_total', {}),
  ],
  [
    'instance-guarded',
    ({ prometheus }, field) =>
      prometheus.increment('synapse_guard_holds_total', { service: field('service') }),
  ],
  [
    'instance-released',
    ({ prometheus }, field) =>
      prometheus.increment('synapse_guard_releases_total', {
        service: field('service'),
        reason: field('reason'),
      }),
  ],
  [
    'instance-departed',
    ({ prometheus }, field) =>
      prometheus.increment('synapse_departures_total', {
        service: field('service'),
        reason: field('reason'),
      }),
  ],
  [
    'listing-failed',
    ({ prometheus, count }, field) => {
      count('synapse.retry', { op: 'retry_after_sleep' });
      prometheus.increment('synapse_listing_failures_total', { service: field('service') });
    },
  ],
  [
    'zookeeper-session-expired',
    ({ prometheus, count }, field) => {
      const zk_cluster = clusterName(field('ensemble').split(','));
      count('synapse.watcher.zk.session.expired', { zk_cluster });
      prometheus.increment('synapse_sessions_expired_total', {});
    },
  ],
  ['config-adopted', ({ count }) => count('synapse.config.update')],
  ['pass-failed', updateFailed('haproxy')],
  ['file-write-failed', updateFailed('haproxy')],
  ['generator-failed', (sinks, field) => updateFailed(field('generator'))(sinks, field)],
  ['registration-rejected', ({ count }) => count('synapse.watcher.zk.parse_child_failed')],
  ['settings-unread', ({ count }) => count('synapse.watcher.zk.get_config_failed')],
  [
    'source-unreachable',
    ({ count }, field) => {
      if (!field('method').includes('dns')) return;
      count('synapse.watcher.dns.resolve_failed', { service_name: field('service') });
    },
  ],
  [
    'watchers-chosen',
    ({ count }, field) =>
      count('synapse.watcher.multi.resolver.sequential.switch', {
        result: 'success',
        watcher: field('watchers'),
      }),
  ],
  [
    'toggle-drawn',
    ({ count }, field) =>
      count(`${toggle}.switch`, { result: 'success', watcher: field('watcher') }),
  ],
  [
    'toggle-names-no-watcher',
    ({ count }) => count(`${toggle}.switch`, { result: 'fail', reason: 'unknown_watcher' }),
  ],
  [
    'toggle-unread',
    ({ count }, field) => {
      const reason = field('fault');
      if (reason === 'zero_sum') count(`${toggle}.switch`, { result: 'fail', reason });
      else count(`${toggle}.fetch_failure`, { reason });
    },
  ],
]);
