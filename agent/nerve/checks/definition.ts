import type { NerveServiceConfig } from '../../config/nerve.ts';
import type { CheckConfig } from '../../config/nerve-checks.ts';
import { parseStatusRange } from '../../config/status-range.ts';
import type { CommonCheckDefinition } from './common.ts';
import type { ExecCheckDefinition } from './exec.ts';
import type { GrpcCheckDefinition } from './grpc.ts';
import type { HttpCheckDefinition } from './http-definition.ts';
import type { PhaseLimits } from './http-phases.ts';
import type { ModuleCheckDefinition } from './module.ts';
import type { NoopCheckDefinition } from './noop.ts';
import type { PasswordDefinition } from './password.ts';
import type { RabbitmqCheckDefinition } from './rabbitmq.ts';
import type { RedisCheckDefinition } from './redis.ts';
import type { SqlCheckDefinition } from './sql.ts';
import type { TcpCheckDefinition } from './tcp.ts';
import type { TlsDefinition } from './tls.ts';

/** A check with the service's host and port filled in, times in milliseconds. */
export type CheckDefinition =
  | TcpCheckDefinition
  | HttpCheckDefinition
  | NoopCheckDefinition
  | RedisCheckDefinition
  | RabbitmqCheckDefinition
  | ExecCheckDefinition
  | GrpcCheckDefinition
  | SqlCheckDefinition
  | ModuleCheckDefinition;

type Service = Pick<NerveServiceConfig, 'host' | 'port'>;
type ConfigOf<T extends CheckConfig['type']> = Extract<CheckConfig, { type: T }>;

export function defineCheck(service: Service, check: CheckConfig): CheckDefinition {
  const common = defineCommon(service, check);
  switch (check.type) {
    case 'tcp':
    case 'noop':
      return { type: check.type, ...common };
    case 'http':
      return { type: 'http', ...common, ...defineHttp(common, check) };
    case 'redis': {
      const { type, username, database, write_read: writeRead } = check;
      return { type, ...common, username, database, writeRead, ...defineAccess(check) };
    }
    case 'rabbitmq': {
      const { type, username, vhost, queue, durable } = check;
      return { type, ...common, username, vhost, queue, durable, ...defineAccess(check) };
    }
    case 'exec':
      return {
        type: 'exec',
        ...common,
        command:
          typeof check.command === 'string' ? ['/bin/sh', '-c', check.command] : check.command,
        exitCodes: check.expect_exit,
      };
    case 'grpc':
      return { type: 'grpc', ...common, service: check.service, tls: defineTls(check) };
    case 'sql': {
      const { type, driver, username, database, query } = check;
      return { type, ...common, driver, username, database, query, ...defineAccess(check) };
    }
    case 'module':
      return { type: 'module', ...common, path: check.path, options: check.options };
  }
}

function defineCommon(service: Service, check: CheckConfig): CommonCheckDefinition {
  const host = check.host ?? service.host;
  const port = check.port ?? service.port;
  return {
    name: check.name ?? `${check.type}-${host}:${port}`,
    host,
    port,
    timeoutMs: toMs(check.timeout),
    rise: check.rise,
    fall: check.fall,
  };
}

function defineHttp(common: CommonCheckDefinition, check: ConfigOf<'http'>) {
  const { method, uri, headers, body, expect, expect_status } = check;
  const statuses = expect_status.flatMap((one) => parseStatusRange(one) ?? []);
  // What follows the path may be a secret.
  const name = check.name ?? `${common.name}${uri.replace(/\?.*$/, '')}`;
  const request = { method, uri, headers, body, expect, statuses, tls: defineTls(check) };
  return { name, ...httpTimes(check), ...request };
}

/**
 * `timeout` bounds the whole check, as the README of airbnb/nerve has it, unless `read_timeout` is
 * given: then each phase has its own limit, as its code has it.
 */
function httpTimes(check: ConfigOf<'http'>): PhaseLimits & { readonly timeoutMs: number } {
  const connectTimeoutMs = toMs(check.open_timeout);
  const tlsTimeoutMs = check.ssl ? toMs(check.ssl_timeout) : undefined;
  const responseTimeoutMs = toMs(check.read_timeout ?? check.timeout);
  const phasesMs = connectTimeoutMs + (tlsTimeoutMs ?? 0) + responseTimeoutMs;
  const timeoutMs = check.read_timeout === undefined ? toMs(check.timeout) : phasesMs;
  return { timeoutMs, connectTimeoutMs, tlsTimeoutMs, responseTimeoutMs };
}

function defineAccess(check: ConfigOf<'redis' | 'rabbitmq' | 'sql'>) {
  return { password: definePassword(check), tls: defineTls(check) };
}

function definePassword(
  check: ConfigOf<'redis' | 'rabbitmq' | 'sql'>,
): PasswordDefinition | undefined {
  if (check.password_file !== undefined) return { file: check.password_file };
  return check.password === undefined ? undefined : { text: check.password };
}

function defineTls(check: Extract<CheckConfig, { ssl: boolean }>): TlsDefinition | undefined {
  if (!check.ssl) return undefined;
  const { ca_file: caFile, cert_file: certFile, key_file: keyFile } = check;
  return { caFile, certFile, keyFile, serverName: check.server_name };
}

function toMs(seconds: number): number {
  return seconds * 1_000;
}
