/** synapse's configuration, in the format of airbnb/synapse. */
import type { ProxyOptions } from '../catalog/proxy-schema.ts';
import { isConsumer } from '../catalog/queries.ts';
import type { Service } from '../catalog/schema.ts';
import { type Environment, ensembleHosts } from './environment.ts';
import { jsonFile, type RenderedFile } from './file.ts';
import { frontendLines, listenLines, serverOptions } from './haproxy-service.ts';
import { paths, ports, zkPath, zoneLabel } from './paths.ts';
import { maybeSeconds } from './seconds.ts';
import { tlsSections, tlsWords } from './tls.ts';
import { tunnels } from './zookeeper-tls.ts';

/**
 * For host after host: the text is long where services are many, and is made once for all hosts that
 * are to read the same.
 */
export function synapseFiles(environment: Environment): (host: string) => RenderedFile {
  const { catalog } = environment;
  const made = new Map<string, RenderedFile>();
  return (host) => {
    const view = {
      services: Object.entries(catalog.services).filter(([, service]) =>
        isConsumer(catalog, service, host),
      ),
      zone: catalog.hosts[host]?.zone,
      sections: tlsSections(environment, host),
    };
    const key = JSON.stringify({ ...view, services: view.services.map(([name]) => name) });
    const file = made.get(key) ?? synapseFile(environment, view);
    made.set(key, file);
    return file;
  };
}

/** What a host sees that others may not. */
interface View {
  /** Those that it reaches. */
  readonly services: readonly (readonly [string, Service])[];
  readonly zone: string | undefined;
  readonly sections: ReturnType<typeof tlsSections>;
}

function synapseFile(environment: Environment, view: View): RenderedFile {
  return jsonFile(`${paths.config}/synapse.conf.json`, {
    services: Object.fromEntries(
      view.services.map(([name, service]) => [
        name,
        synapseService(environment, view.zone, name, service),
      ]),
    ),
    api_socket: paths.synapseSocket,
    zk_tunnels: tunnels(environment),
    statsd: environment.catalog.statsd,
    haproxy: {
      use_nerve_weights: true,
      bind_address: '127.0.0.1',
      config_file_path: paths.haproxyConfig,
      socket_file_path: paths.haproxySocket,
      master_socket_path: paths.haproxyMasterSocket,
      haproxy_path: '/usr/sbin/haproxy',
      hard_stop_after: '10m',
      global: globalLines,
      defaults: defaultLines,
      extra_sections: { 'listen stats': statisticsLines, ...view.sections },
    },
  });
}

function synapseService(
  environment: Environment,
  ownZone: string | undefined,
  name: string,
  service: Service,
): object {
  return {
    discovery: {
      method: 'zookeeper',
      path: zkPath(environment.catalog.environment, name),
      hosts: ensembleHosts(environment),
    },
    guard: guard(service.proxy.guard),
    zone: zone(service.proxy.zone, ownZone),
    haproxy: {
      port: service.localPort,
      server_options: [...serverOptions(service), ...tlsWords(environment, name, service)].join(
        ' ',
      ),
      frontend: frontendLines(service),
      listen: listenLines(service),
    },
  };
}

function guard(options: ProxyOptions['guard']): object | null | undefined {
  if (options === undefined) return undefined;
  if (options === false) return null;
  return { share: options.share, hold_seconds: maybeSeconds(options.holdMs) };
}

/** nerve registers the zone of its host under the same label. */
function zone(options: ProxyOptions['zone'], own: string | undefined): object | undefined {
  if (options === undefined || own === undefined) return undefined;
  return { label: zoneLabel, value: own, min_share: options.minShare };
}

/** Requests are logged to the journal; a stalled journal costs log lines, never requests. */
const globalLines = [
  'log /dev/log len 4096 local0',
  `stats socket ${paths.haproxySocket} mode 660 level admin expose-fd listeners`,
] as const;

const defaultLines = [
  'log global',
  'option dontlognull',
  'timeout connect 1s',
  'timeout client 1m',
  'timeout server 1m',
] as const;

const statisticsLines = [
  `bind 127.0.0.1:${ports.haproxyStatistics}`,
  'mode http',
  'no log',
  'stats enable',
  'stats uri /',
  'stats refresh 5s',
] as const;
