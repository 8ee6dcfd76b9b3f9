/**
 * How consumers' proxies treat a service. The defaults lose nothing: a request that may be repeated
 * goes to another instance, and whatever waits, waits in the proxy.
 */
import { z } from 'zod';
import { count, durationMs, requestPath } from './fields.ts';

const token = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/);

/** The last four pin like requests to one instance, and move few of them when instances change. */
const balance = z.union(
  [
    z.enum(['roundrobin', 'leastconn', 'random', 'source', 'uri']),
    z.templateLiteral(['hdr(', token, ')']),
    z.templateLiteral(['url_param(', token, ')']),
  ],
  'must be roundrobin, leastconn, random, source, uri, hdr(NAME) or url_param(NAME)',
);

/** HAProxy's own check, which keeps dead instances out even with nerve and ZooKeeper gone. */
const check = z.strictObject({
  /** For `http` services; a `tcp` service is checked by connecting. */
  uri: requestPath.default('/health'),
  intervalMs: durationMs.default(2_000),
  /** The same while an instance is between up and down, and after an error of a request. */
  fastIntervalMs: durationMs.default(100),
  /** The same while it is down. */
  downIntervalMs: durationMs.default(500),
  timeoutMs: durationMs.default(1_000),
  rise: count.default(2),
  fall: count.default(2),
});

/** Another try meets another instance, where there is one. */
const retry = z.strictObject({
  attempts: z
    .int('must be a whole number')
    .min(0, 'must be 0 to 20')
    .max(20, 'must be 0 to 20')
    .default(3),
  /**
   * Beside connections that fail, after which anything is tried again: nothing was sent. This is for
   * `http` services, and for requests that may be repeated. A status is for services that send it
   * before they have done anything.
   */
  on: z
    .array(
      z.enum(['empty-response', 'response-timeout', 'junk-response', '425', '500', '502', '503']),
    )
    .default(['empty-response', 'response-timeout']),
  /** That may be repeated, as they change nothing or the same: PUT and DELETE often are such. */
  methods: z
    .array(z.enum(['GET', 'HEAD', 'OPTIONS', 'PUT', 'DELETE', 'PATCH', 'POST']))
    .default(['GET', 'HEAD', 'OPTIONS']),
});

/** What requests find out about an instance, long before the next check. */
const observe = z.strictObject({
  /** `layer4`: connections that fail; `layer7`: also answers from 500 on, of `http` services. */
  by: z.enum(['layer4', 'layer7']).default('layer4'),
  /** In a row. */
  errors: count.default(1),
  /**
   * `sudden-death`: it is checked at once, and out if that or the next connection fails.
   * `mark-down`: it is out until checks pass, which is faster and takes healthy ones out when all
   * are slow; the default with a `zone`, which may die as a whole.
   */
  action: z.enum(['fastinter', 'fail-check', 'sudden-death', 'mark-down']).optional(),
});

const share = z.number().min(0, 'must be 0 to 1').max(1, 'must be 0 to 1');

/** Instances that vanish from the registry at once are kept while HAProxy finds them up. */
const guard = z.strictObject({
  /** More than this share of them; the agent's default is half. */
  share: share.optional(),
  /** At most so long; five minutes by default. */
  holdMs: durationMs.optional(),
});

/** Instances on hosts of the own `zone` get all traffic but for a trace, while they are enough. */
const zone = z.strictObject({
  /** All zones serve alike while the own has fewer up than this share of the mean of all. */
  minShare: share.optional(),
});

export const proxySchema = z.strictObject({
  balance: balance.default('roundrobin'),
  check: check.prefault({}),
  connectTimeoutMs: durationMs.default(1_000),
  /** Longest silence of an instance before a request counts as failed; of `http` services. */
  responseTimeoutMs: durationMs.default(30_000),
  /** Longest silence on a connection of a `tcp` service, or one that became a WebSocket. */
  idleTimeoutMs: durationMs.default(3_600_000),
  retry: retry.prefault({}),
  /** `false`: only checks count. */
  observe: z.union([z.literal(false), observe]).prefault({}),
  /**
   * Requests, or connections of a `tcp` service, on one instance at once; more wait in the proxy.
   * 500 for `http` by default: listen queues hold that many. `null` for as many as come.
   */
  maxConnections: z
    .int('must be a whole number')
    .min(1, 'must be 1 to 30000')
    .max(30_000, 'must be 1 to 30000')
    .nullable()
    .optional(),
  /** How long they wait there before they get a 503. */
  queueTimeoutMs: durationMs.default(10_000),
  /** In this time a new instance comes to its full share of the traffic; at once by default. */
  slowStartMs: durationMs.optional(),
  /** `false`: instances go as the registry says. */
  guard: z.union([z.literal(false), guard]).optional(),
  /** Needs hosts with a `zone`. */
  zone: zone.optional(),
});

export type ProxyOptions = Readonly<z.output<typeof proxySchema>>;
