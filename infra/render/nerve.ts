/** nerve's configuration, in the format of airbnb/nerve. */
import { tlsPortOf } from '../catalog/queries.ts';
import type { Hook, Service } from '../catalog/schema.ts';
import { addressOf, type Environment, ensembleHosts } from './environment.ts';
import { jsonFile, type RenderedFile } from './file.ts';
import { nerveCheck } from './nerve-check.ts';
import { paths, zkPath, zkRoot, zoneLabel } from './paths.ts';
import { maybeSeconds, seconds } from './seconds.ts';
import { tunnels } from './zookeeper-tls.ts';

export function nerveFile(environment: Environment, host: string): RenderedFile {
  return jsonFile(`${paths.config}/nerve.conf.json`, {
    instance_id: host,
    service_conf_dir: paths.nerveServices,
    services: {},
    api_socket: paths.nerveSocket,
    state_path: paths.nerveState,
    ...access(environment),
    zk_tunnels: tunnels(environment),
    statsd: environment.catalog.statsd,
    dynamic_registration: {
      host: addressOf(environment, host),
      zk_hosts: ensembleHosts(environment),
      zk_path: zkPath(environment.catalog.environment, '{service}'),
    },
  });
}

/** synapse only reads, which everybody may: it needs no secret. */
function access({ registryAcl, catalog }: Environment): object {
  if (registryAcl === undefined) return {};
  return {
    zk_digest_auth_file: paths.zookeeperSecret,
    zk_acl: registryAcl,
    zk_acl_root: zkRoot(catalog.environment),
  };
}

/** The file that registers each service with an instance on this host, by the service's name. */
export function nerveServiceFiles(
  environment: Environment,
  host: string,
): ReadonlyMap<string, RenderedFile> {
  return new Map(
    Object.entries(environment.catalog.services)
      .filter(([, service]) => service.on.includes(host))
      .map(([name, service]) => [name, nerveServiceFile(environment, host, name, service)]),
  );
}

function nerveServiceFile(
  environment: Environment,
  host: string,
  name: string,
  service: Service,
): RenderedFile {
  const address = addressOf(environment, host);
  const tlsPort = tlsPortOf(service);
  return jsonFile(`${paths.nerveServices}/${name}.json`, {
    host: tlsPort === undefined ? address : '127.0.0.1',
    port: service.port,
    registered_as: tlsPort === undefined ? undefined : { host: address, port: tlsPort },
    reporter_type: 'zookeeper',
    zk_hosts: ensembleHosts(environment),
    zk_path: zkPath(environment.catalog.environment, name),
    check_interval: seconds(service.checkIntervalMs),
    fast_interval: maybeSeconds(service.fastCheckIntervalMs),
    checks: service.checks.map((check) => nerveCheck(name, check)),
    crash_watch: service.crashWatch || undefined,
    weight: service.weight,
    labels: labels(service, environment.catalog.hosts[host]?.zone),
    rate_limiting: rateLimiting(service.reportLimit),
    warm_up_seconds: maybeSeconds(service.warmUpMs),
    pre_up: hook(service.preUp),
    pre_down: hook(service.preDown),
  });
}

/** Ours holds back; the original's default only counts what it would. */
function rateLimiting(limit: Service['reportLimit']): object | undefined {
  return limit && { shadow_mode: false, average_rate: limit.perSecond, max_burst: limit.burst };
}

function hook(hook: Hook | undefined): object | undefined {
  return hook && { command: hook.command, timeout: seconds(hook.timeoutMs) };
}

function labels({ labels }: Service, zone: string | undefined): Service['labels'] {
  return zone === undefined ? labels : { ...labels, [zoneLabel]: zone };
}
