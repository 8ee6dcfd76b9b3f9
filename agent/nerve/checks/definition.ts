import type { NerveServiceConfig } from '../../config/nerve.ts';
import type { CheckConfig } from '../../config/nerve-checks.ts';

/** A check with the service's host and port filled in, times in milliseconds. */
export type CheckDefinition = TcpCheckDefinition | HttpCheckDefinition | NoopCheckDefinition;

export interface CommonCheckDefinition {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  /** The longest that the whole check may take. */
  readonly timeoutMs: number;
  readonly rise: number;
  readonly fall: number;
}

export interface TcpCheckDefinition extends CommonCheckDefinition {
  readonly type: 'tcp';
}

export interface NoopCheckDefinition extends CommonCheckDefinition {
  readonly type: 'noop';
}

export interface HttpCheckDefinition extends CommonCheckDefinition {
  readonly type: 'http';
  readonly uri: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Text that the body must contain. */
  readonly expect: string | undefined;
  /** `undefined` for plain HTTP. */
  readonly tlsTimeoutMs: number | undefined;
  readonly connectTimeoutMs: number;
  /** From the request to the end of the answer. */
  readonly responseTimeoutMs: number;
}

type Service = Pick<NerveServiceConfig, 'host' | 'port'>;

export function defineCheck(service: Service, check: CheckConfig): CheckDefinition {
  const host = check.host ?? service.host;
  const port = check.port ?? service.port;
  const common = { host, port, rise: check.rise, fall: check.fall };
  switch (check.type) {
    case 'tcp':
    case 'noop':
      return {
        type: check.type,
        name: check.name ?? `${check.type}-${host}:${port}`,
        timeoutMs: toMs(check.timeout),
        ...common,
      };
    case 'http':
      return {
        type: 'http',
        name: check.name ?? `http-${host}:${port}${check.uri}`,
        ...common,
        ...httpTimes(check),
        uri: check.uri,
        headers: check.headers,
        expect: check.expect,
      };
  }
}

/**
 * `timeout` bounds the whole check, as the README of airbnb/nerve has it, unless `read_timeout` is
 * given: then each phase has its own limit, as its code has it.
 */
function httpTimes(check: Extract<CheckConfig, { type: 'http' }>) {
  const connectTimeoutMs = toMs(check.open_timeout);
  const tlsTimeoutMs = check.ssl ? toMs(check.ssl_timeout) : undefined;
  const responseTimeoutMs = toMs(check.read_timeout ?? check.timeout);
  const phasesMs = connectTimeoutMs + (tlsTimeoutMs ?? 0) + responseTimeoutMs;
  const timeoutMs = check.read_timeout === undefined ? toMs(check.timeout) : phasesMs;
  return { timeoutMs, connectTimeoutMs, tlsTimeoutMs, responseTimeoutMs };
}

function toMs(seconds: number): number {
  return seconds * 1_000;
}
