import type { NerveConfig, NerveServiceConfig } from '../config/nerve.ts';
import type { ReporterConfig } from '../config/nerve-reporters.ts';
import type { Registration } from '../registration.ts';
import { type CheckDefinition, defineCheck } from './checks/definition.ts';
import { type Place, placeKey } from './reporters/place.ts';

/** One service as nerve runs it: the configuration in the units and words of this program. */
export interface ServiceDefinition {
  readonly name: string;
  /** Where it listens, for whoever is on this host. */
  readonly host: string;
  readonly port: number;
  readonly intervalMs: number;
  /** Between two rounds of checks while one of them is between up and down. */
  readonly fastIntervalMs: number;
  /** Taken for up without checking. */
  readonly mocked: boolean;
  readonly crashWatch: boolean;
  readonly checks: readonly CheckDefinition[];
  /** At full weight, and without what operators decided. */
  readonly registration: Registration;
  readonly places: readonly Place[];
  readonly rateLimit: RateLimitDefinition | undefined;
  readonly preUp: CommandDefinition | undefined;
  readonly preDown: CommandDefinition | undefined;
  /** `undefined`: at full weight at once. */
  readonly warmUpMs: number | undefined;
}

export interface RateLimitDefinition {
  readonly shadowMode: boolean;
  /** Reports per second; may be infinite. */
  readonly averageRate: number;
  readonly maxBurst: number;
}

export interface CommandDefinition {
  readonly command: readonly string[];
  readonly timeoutMs: number;
}

const shortestTouchMs = 500;
const defaultFastIntervalMs = 100;
/** An etcd lease outlives so many intervals, as in the original, and never less than this. */
const etcdLease = { intervals: 5, minSeconds: 5 };

export function defineServices(config: NerveConfig): ReadonlyMap<string, ServiceDefinition> {
  const services = Object.entries(config.services).flatMap(([name, service]) =>
    copiesOf(config.instance_id, name, service),
  );
  return new Map(services.map((service) => [service.name, service]));
}

export function defineService(
  instanceId: string,
  name: string,
  service: NerveServiceConfig,
): ServiceDefinition {
  const intervalMs = toMs(service.check_interval);
  return {
    name,
    host: service.host,
    port: service.port,
    intervalMs,
    fastIntervalMs: toMs(service.fast_interval) ?? Math.min(intervalMs, defaultFastIntervalMs),
    mocked: service.check_mocked,
    crashWatch: service.crash_watch,
    checks: service.checks.map((check) => defineCheck(service, check)),
    registration: registrationOf(instanceId, service),
    places: service.reporters.map((reporter) => placeOf(reporter, service.check_interval)),
    rateLimit: rateLimitOf(service),
    preUp: commandOf(service.pre_up),
    preDown: commandOf(service.pre_down),
    warmUpMs: toMs(service.warm_up_seconds),
  };
}

/** Copies have names of their own in the registry too, or they would be one instance. */
function copiesOf(
  instanceId: string,
  name: string,
  service: NerveServiceConfig,
): readonly ServiceDefinition[] {
  const { load_test_concurrency: count } = service;
  if (count === undefined) return [defineService(instanceId, name, service)];
  return Array.from({ length: count }, (_, index) =>
    defineService(`${instanceId}-${index}`, `${name}_${index}`, service),
  );
}

function placeOf(reporter: ReporterConfig, checkIntervalSeconds: number): Place {
  switch (reporter.reporter_type) {
    case 'zookeeper':
      return {
        type: 'zookeeper',
        hosts: reporter.zk_hosts,
        path: reporter.zk_path,
        usePathEncoding: reporter.use_path_encoding,
        nodeType: reporter.node_type,
        touchMs: touchMsOf(reporter.ttl_seconds ?? undefined),
      };
    case 'etcd':
      return {
        type: 'etcd',
        host: reporter.etcd_host,
        port: reporter.etcd_port,
        path: reporter.etcd_path,
        leaseSeconds: Math.max(
          Math.ceil(checkIntervalSeconds * etcdLease.intervals),
          etcdLease.minSeconds,
        ),
      };
    case 'file':
      return { type: 'file', path: reporter.file_path };
  }
}

/** The original looks every half second whether it is time. */
function touchMsOf(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : Math.max(shortestTouchMs, toMs(seconds));
}

function registrationOf(instanceId: string, service: NerveServiceConfig): Registration {
  const { weight, haproxy_server_options, labels } = service;
  const { host, port } = service.registered_as ?? service;
  return {
    host,
    port,
    name: instanceId,
    ...(weight === undefined ? {} : { weight }),
    ...(haproxy_server_options === undefined ? {} : { haproxy_server_options }),
    ...(labels === undefined ? {} : { labels }),
  };
}

function rateLimitOf({ rate_limiting: limit }: NerveServiceConfig) {
  return (
    limit && {
      shadowMode: limit.shadow_mode,
      averageRate: limit.average_rate,
      maxBurst: limit.max_burst,
    }
  );
}

function commandOf(config: NerveServiceConfig['pre_up']): CommandDefinition | undefined {
  return config && { command: config.command, timeoutMs: toMs(config.timeout) };
}

function toMs(seconds: number): number;
function toMs(seconds: number | undefined): number | undefined;
function toMs(seconds: number | undefined): number | undefined {
  return seconds === undefined ? undefined : seconds * 1_000;
}

/** Definitions and their parts are plain data, made in a fixed order. */
export function same<T extends object>(a: T, b: T): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether the two describe one instance, so that one node can take the other's place. */
export function sameInstance(a: ServiceDefinition, b: ServiceDefinition): boolean {
  return identity(a.registration) === identity(b.registration);
}

export type InstancePlaces = Pick<ServiceDefinition, 'registration' | 'places'>;

/** Where the instance is registered as what: two services must not share any of these. */
export function instanceKeys({ registration, places }: InstancePlaces): readonly string[] {
  return places.map((place) => `${placeKey(place)} ${whoIn(place, registration)}`);
}

/** What tells instances at one place apart. */
function whoIn(place: Place, registration: Registration): string {
  // A file holds a single registration, whoever's.
  if (place.type === 'file') return '';
  const byName = place.type === 'zookeeper' && !place.nodeType.endsWith('_sequential');
  return byName ? registration.name : identity(registration);
}

function identity({ name, host, port }: Registration): string {
  return JSON.stringify([name, host, port]);
}
