import type { NerveConfig, NerveServiceConfig } from '../config/nerve.ts';
import type { Registration } from '../registration.ts';
import { type CheckDefinition, defineCheck } from './checks/definition.ts';

/** One service as nerve runs it: the configuration in the units and words of this program. */
export interface ServiceDefinition {
  readonly name: string;
  readonly intervalMs: number;
  /** Taken for up without checking. */
  readonly mocked: boolean;
  readonly checks: readonly CheckDefinition[];
  readonly target: ReportTarget;
}

/** What is written where. */
export interface ReportTarget {
  readonly hosts: readonly string[];
  readonly path: string;
  readonly registration: Registration;
  readonly usePathEncoding: boolean;
}

export function defineServices(config: NerveConfig): ReadonlyMap<string, ServiceDefinition> {
  const services = Object.entries(config.services);
  return new Map(
    services.map(([name, service]) => [name, defineService(config.instance_id, name, service)]),
  );
}

function defineService(
  instanceId: string,
  name: string,
  service: NerveServiceConfig,
): ServiceDefinition {
  return {
    name,
    intervalMs: service.check_interval * 1_000,
    mocked: service.check_mocked,
    checks: service.checks.map((check) => defineCheck(service, check)),
    target: {
      hosts: service.zk_hosts,
      path: service.zk_path,
      registration: registrationOf(instanceId, service),
      usePathEncoding: service.use_path_encoding,
    },
  };
}

function registrationOf(instanceId: string, service: NerveServiceConfig): Registration {
  const { host, port, weight, haproxy_server_options, labels } = service;
  return {
    host,
    port,
    name: instanceId,
    ...(weight === undefined ? {} : { weight }),
    ...(haproxy_server_options === undefined ? {} : { haproxy_server_options }),
    ...(labels === undefined ? {} : { labels }),
  };
}

/** Definitions and their parts are plain data, made in a fixed order. */
export function same<T extends object>(a: T, b: T): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Whether the two describe one instance, so that one node can take the other's place. */
export function sameInstance(a: ReportTarget, b: ReportTarget): boolean {
  return instanceKey(a) === instanceKey(b);
}

/** Equal for targets that describe one instance. */
export function instanceKey({
  hosts,
  path,
  registration: { name, host, port },
}: ReportTarget): string {
  return JSON.stringify([hosts.toSorted(), path, name, host, port]);
}
