/**
 * A service in HAProxy: words of its server lines, lines of its frontend and backend.
 *
 * Everything stands on the server lines: servers that synapse adds at run time inherit nothing from
 * a `default-server`. All of it holds for them in HAProxy 2.6 and newer.
 */
import type { ProxyOptions } from '../catalog/proxy-schema.ts';
import type { Service } from '../catalog/schema.ts';

/** A burst stays within what listen queues hold: Node's 511. */
const httpMaxConnections = 500;

export function serverOptions({ mode, proxy }: Service): readonly string[] {
  const { check, maxConnections, slowStartMs } = proxy;
  const limit = maxConnections ?? (maxConnections === null ? null : defaultLimits[mode]);
  return [
    `check inter ${check.intervalMs}ms`,
    `fastinter ${Math.min(check.fastIntervalMs, check.intervalMs)}ms`,
    `downinter ${Math.min(check.downIntervalMs, check.intervalMs)}ms`,
    `rise ${check.rise} fall ${check.fall}`,
    ...observation(proxy),
    ...(limit === null ? [] : [`maxconn ${limit}`]),
    ...(slowStartMs === undefined ? [] : [`slowstart ${slowStartMs}ms`]),
  ];
}

/** Connections of a pool live long, and would wait for each other for ever. */
const defaultLimits = { http: httpMaxConnections, tcp: null } as const;

function observation({ observe, zone }: ProxyOptions): readonly string[] {
  if (observe === false) return [];
  const action = observe.action ?? (zone === undefined ? 'sudden-death' : 'mark-down');
  return [`observe ${observe.by} error-limit ${observe.errors} on-error ${action}`];
}

/**
 * HAProxy warns of `tcplog` in a backend. By itself, a worker that a reload has replaced closes
 * connections that are idle, perhaps just as their next request comes; here it answers that first.
 */
export function frontendLines({ mode }: Service): readonly string[] {
  return mode === 'tcp' ? ['option tcplog'] : ['option httplog', 'option idle-close-on-response'];
}

export function listenLines(service: Service): readonly string[] {
  const { mode, proxy } = service;
  return [
    `mode ${mode}`,
    ...balanceLines(proxy.balance),
    `retries ${proxy.retry.attempts}`,
    'option redispatch 1',
    `timeout connect ${proxy.connectTimeoutMs}ms`,
    `timeout queue ${proxy.queueTimeoutMs}ms`,
    `timeout check ${proxy.check.timeoutMs}ms`,
    ...(mode === 'tcp' ? tcpLines(proxy) : httpLines(proxy)),
  ];
}

/** A hash that is not consistent takes no new server without a reload. */
function balanceLines(balance: ProxyOptions['balance']): readonly string[] {
  const isHash = !['roundrobin', 'leastconn', 'random'].includes(balance);
  const method = balance.replace(/^url_param\((.*)\)$/, 'url_param $1');
  return [`balance ${method}`, ...(isHash ? ['hash-type consistent'] : [])];
}

/** Peers that vanish are found out by the kernel, silence is no reason to cut a connection. */
function tcpLines({ idleTimeoutMs }: ProxyOptions): readonly string[] {
  return [
    'option clitcpka',
    'option srvtcpka',
    `timeout client ${idleTimeoutMs}ms`,
    `timeout server ${idleTimeoutMs}ms`,
  ];
}

/**
 * A request that met a dead instance goes to another one; one that may have had an effect (any
 * method but those listed) only where it cannot have reached the instance.
 */
function httpLines({
  check,
  retry,
  responseTimeoutMs,
  idleTimeoutMs,
}: ProxyOptions): readonly string[] {
  return [
    `option httpchk GET ${escaped(check.uri)}`,
    `timeout server ${responseTimeoutMs}ms`,
    `timeout tunnel ${idleTimeoutMs}ms`,
    ['retry-on conn-failure', ...retry.on].join(' '),
    `http-request disable-l7-retry${unless(retry.methods)}`,
  ];
}

function unless(methods: readonly string[]): string {
  return methods.length === 0 ? '' : ` unless { method ${methods.join(' ')} }`;
}

/** A word of printable text: these would begin or end something in HAProxy's configuration. */
function escaped(word: string): string {
  return word.replace(/[\\'"#]/g, '\\$&');
}
