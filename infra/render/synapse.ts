/** synapse's configuration, in the format of airbnb/synapse. */
import { consumersOf } from '../catalog/queries.ts';
import type { Service } from '../catalog/schema.ts';
import { type Environment, ensembleHosts } from './environment.ts';
import { jsonFile, type RenderedFile } from './file.ts';
import { paths, ports, zkPath } from './paths.ts';

export function synapseFile(environment: Environment, host: string): RenderedFile {
  const offered = Object.entries(environment.catalog.services).filter(([, service]) =>
    consumersOf(environment.catalog, service).includes(host),
  );
  return jsonFile(`${paths.config}/synapse.conf.json`, {
    services: Object.fromEntries(
      offered.map(([name, service]) => [name, synapseService(environment, name, service)]),
    ),
    api_socket: paths.synapseSocket,
    haproxy: {
      bind_address: '127.0.0.1',
      config_file_path: paths.haproxyConfig,
      socket_file_path: paths.haproxySocket,
      master_socket_path: paths.haproxyMasterSocket,
      haproxy_path: '/usr/sbin/haproxy',
      hard_stop_after: '10m',
      global: globalLines,
      defaults: defaultLines,
      extra_sections: { 'listen stats': statisticsLines },
    },
  });
}

function synapseService(environment: Environment, name: string, service: Service): object {
  return {
    discovery: {
      method: 'zookeeper',
      path: zkPath(environment.catalog.environment, name),
      hosts: ensembleHosts(environment),
    },
    haproxy: {
      port: service.localPort,
      server_options: serverOptions(service),
      listen: listenLines(service),
    },
  };
}

function serverOptions({ proxy: { check } }: Service): string {
  return `check inter ${check.intervalMs}ms rise ${check.rise} fall ${check.fall}`;
}

function listenLines({ mode, proxy }: Service): readonly string[] {
  const common = [
    `mode ${mode}`,
    `balance ${proxy.balance}`,
    `timeout connect ${proxy.connectTimeoutMs}ms`,
    `timeout server ${proxy.responseTimeoutMs}ms`,
  ];
  if (mode === 'tcp') return [...common, 'option tcplog'];
  return [...common, ...httpLines(proxy.check.uri)];
}

/**
 * A request that met a dead instance goes to another one; one that may have had an effect
 * (anything but GET, HEAD and OPTIONS) only where it cannot have reached the instance.
 */
function httpLines(checkUri: string): readonly string[] {
  return [
    'option httplog',
    `option httpchk GET ${checkUri}`,
    'retry-on conn-failure empty-response response-timeout',
    'http-request disable-l7-retry unless METH_GET or { method OPTIONS }',
  ];
}

/** Requests are logged to the journal; a stalled journal costs log lines, never requests. */
const globalLines = [
  'log /dev/log len 4096 local0',
  `stats socket ${paths.haproxySocket} mode 660 level admin expose-fd listeners`,
] as const;

const defaultLines = [
  'log global',
  'option dontlognull',
  'option redispatch 1',
  'retries 3',
  'timeout connect 1s',
  'timeout client 1m',
  'timeout server 1m',
  'timeout queue 10s',
  'timeout check 1s',
] as const;

const statisticsLines = [
  `bind 127.0.0.1:${ports.haproxyStatistics}`,
  'mode http',
  'no log',
  'stats enable',
  'stats uri /',
  'stats refresh 5s',
] as const;
