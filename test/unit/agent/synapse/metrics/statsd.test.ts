import { expect } from 'chai';
import { systemClock } from '../../../../../agent/lib/clock.ts';
import { createPrometheus } from '../../../../../agent/lib/prometheus.ts';
import { createSynapseMetrics } from '../../../../../agent/synapse/metrics/create-metrics.ts';
import { families } from '../../../../../agent/synapse/metrics/families.ts';
import type { SynapseMetrics } from '../../../../../agent/synapse/metrics/metrics.ts';
import { eventually } from '../../../../support/eventually.ts';
import { createRecordingLogger } from '../../../../support/recording-logger.ts';
import { synapseStatsdNames } from '../../../../support/statsd-names.ts';
import { synapseConfig } from '../../../../support/synapse-config.ts';
import { startUdpServer, type UdpServer } from '../../../../support/udp-server.ts';

describe("synapse's metrics for statsd", () => {
  const hosts = ['zk1.example:2181'];
  const { services } = synapseConfig({
    web: {
      discovery: {
        method: 'multi',
        watchers: {
          primary: { method: 'zookeeper', hosts, path: '/web' },
          other: { method: 'zookeeper_poll', hosts, path: '/other', generator_config_path: '/set' },
        },
        resolver: { method: 'union' },
      },
    },
  });
  const { web } = services;
  let server: UdpServer;
  let metrics: SynapseMetrics;

  beforeEach(async () => {
    server = await startUdpServer();
    metrics = createSynapseMetrics({
      clock: systemClock,
      random: Math.random,
      logger: createRecordingLogger(),
      prometheus: createPrometheus(families),
    });
    const statsd = { host: '127.0.0.1', port: server.port, sample_rate: {} };
    metrics.follow({ statsd, services });
  });

  afterEach(() => server.close());

  const read = (changes: object = {}): void =>
    metrics.read({
      ...{ kind: 'children', hosts, path: '/web', leavesWatch: false },
      ...{ elapsedMs: 3, bytes: 20, isThere: true, ...changes },
    });
  /** All that is sent, once the last of it is there. */
  const sent = async (): Promise<readonly string[]> => {
    await metrics.stopped();
    return await eventually(() => {
      const lines = server.lines();
      expect(lines.at(-1)).to.match(/^synapse\.stop:/);
      return lines;
    });
  };

  it('has every name of the original but for those that are documented', async () => {
    metrics.started(1);
    metrics.read({ kind: 'created', hosts });
    metrics.watcherStarted('web');
    metrics.read({ kind: 'connected', hosts, elapsedMs: 5 });
    read({ leavesWatch: true, bytes: 0, isThere: false });
    read({ kind: 'get', bytes: undefined, isThere: false });
    if (web !== undefined) metrics.answered('web', { config: web });
    metrics.pinged(() => [['web', true]]);
    metrics.configChecked(true);
    metrics.passed(1);
    metrics.applied(1);
    for (const event of [
      ...['reload-failed', 'listing-failed', 'pass-failed', 'registration-rejected'],
      ...['settings-unread', 'watchers-chosen', 'toggle-drawn', 'zookeeper-session-expired'],
    ]) {
      metrics.count(event, { ensemble: 'zk1.example:2181' });
    }
    metrics.count('source-unreachable', { method: 'dns', service: 'web' });
    metrics.count('toggle-unread', { fault: 's3_error' });
    metrics.watcherStopped('web');
    const names = (await sent()).map((line) => line.slice(0, line.indexOf(':')));
    const { original, notSent } = await synapseStatsdNames();
    const wanted = original.filter((name) => !notSent.includes(name));
    expect([...new Set(names)]).to.have.members(wanted);
  });

  it('tags what comes of ZooKeeper with ensemble, path and service', async () => {
    read({ leavesWatch: true });
    read({ kind: 'get', path: '/web/node_1', bytes: undefined, isThere: false });
    read({ kind: 'get', path: '/set', leavesWatch: true });
    expect((await sent()).slice(0, -1)).to.deep.equal([
      'synapse.watcher.zk.children.elapsed_time:3|ms|#zk_cluster:zk,service_name:web',
      'synapse.watcher.zk.watch.elapsed_time:3|ms|#zk_cluster:zk,service_name:web,zk_path:/web',
      'synapse.watcher.zk.children.bytes:20|g|#zk_cluster:zk,zk_path:/web',
      'synapse.watcher.zk.get.elapsed_time:3|ms|#zk_cluster:zk,service_name:web',
      'synapse.watcher.zk.get_child_failed:1|c',
      'synapse.watcher.zk.get.elapsed_time:3|ms|#zk_cluster:zk,service_name:web',
      'synapse.watcher.zk.watch.elapsed_time:3|ms|#zk_cluster:zk,service_name:web,zk_path:/set',
    ]);
  });

  it('tells failures apart', async () => {
    read({ bytes: undefined, isThere: false, leavesWatch: true });
    metrics.count('source-unreachable', { method: 'docker', service: 'web' });
    metrics.count('toggle-unread', { fault: 'zero_sum' });
    metrics.count('toggle-unread', { fault: 'invalid_schema' });
    metrics.count('zookeeper-session-expired', { ensemble: 'zk1.example:2181,zk2.example:2181' });
    const toggle = 'synapse.watcher.multi.resolver.s3_toggle';
    const counts = (await sent()).filter((line) => /\|c/.test(line));
    expect(counts.slice(0, -1)).to.deep.equal([
      'synapse.watcher.zk.children.failed:1|c|#zk_cluster:zk,service_name:web',
      `${toggle}.switch:1|c|#result:fail,reason:zero_sum`,
      `${toggle}.fetch_failure:1|c|#reason:invalid_schema`,
      'synapse.watcher.zk.session.expired:1|c|#zk_cluster:zk',
    ]);
  });
});
