/**
 * nerve's configuration file: airbnb/nerve's options under their names, meanings and defaults (its
 * README and `lib/nerve`), and a few of ours, marked so. Times are in seconds, as in the original.
 */
import { z } from 'zod';
import { isInstanceName, maxWeight } from '../registration.ts';
import { mustBe } from './describe-issue.ts';
import {
  host,
  integerBetween,
  line,
  path,
  port,
  seconds,
  sessionTimeoutMs,
  zkHosts,
  zkPath,
  zkTunnels,
} from './fields.ts';
import { identityFields, refuseTwoSources } from './identities.ts';
import { checkSchema } from './nerve-checks.ts';
import { chooseReporters, reporterSchema, singleReporterFields } from './nerve-reporters.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';

const label = z.union([line.min(1).max(1_024), z.number(), z.boolean()]).transform(String);

/** A program with its arguments, run without a shell. */
const commandSchema = z.strictObject({
  command: z.array(line).min(1),
  timeout: seconds.default(10),
});

/** Whoever asks too often is told to wait: tokens per second, as in the original. */
const rateLimitingSchema = z.strictObject({
  /** Counts what would be held back, and holds nothing back. */
  shadow_mode: z.boolean().default(true),
  average_rate: z.number().min(0).default(Number.POSITIVE_INFINITY),
  max_burst: z.number().min(1).default(Number.POSITIVE_INFINITY),
});

/** What describes an instance, and how it is checked; where it is reported comes on top. */
export const instanceFields = {
  /** Where clients reach the instance, and where it is checked unless a check says otherwise. */
  host,
  port,
  /** From the start of one round of checks to the start of the next. */
  check_interval: seconds.default(0.5),
  /** Ours: the same while a check is between up and down; at most 0.1 s by default. */
  fast_interval: seconds.optional(),
  /** All must pass; without any the service is up while nerve runs. */
  checks: z.array(checkSchema).default([]),
  weight: integerBetween(0, maxWeight).optional(),
  haproxy_server_options: line.max(1_024).optional(),
  labels: z.record(line.min(1).max(1_024), label).optional(),
  /** Ours: the weight rises to its full height in this time after a registration. */
  warm_up_seconds: seconds.optional(),
} as const;

type Instance = z.output<z.ZodObject<typeof instanceFields>>;

export function refuseIdleWarmUp(
  { warm_up_seconds: warmUp, weight }: Pick<Instance, 'warm_up_seconds' | 'weight'>,
  context: z.RefinementCtx,
): void {
  if (warmUp === undefined || (weight ?? 1) > 1) return;
  const message = 'needs a weight to rise to; must come with "weight", such as 100';
  context.addIssue({ code: 'custom', path: ['warm_up_seconds'], message });
}

export const nerveServiceSchema = z
  .strictObject({
    ...instanceFields,
    /** Takes the service for up without checking. */
    check_mocked: z.boolean().default(false),
    /** Ours: where clients reach the instance, if not where it is checked: behind TLS, say. */
    registered_as: z.strictObject({ host, port }).optional(),
    /** Ours: an idle connection is held, and its end is reason enough to check at once. */
    crash_watch: z.boolean().default(false),
    rate_limiting: rateLimitingSchema.optional(),
    /** Ours: must pass before the instance is registered. */
    pre_up: commandSchema.optional(),
    /** Ours: runs before a deliberate departure, and beside one that cannot wait. */
    pre_down: commandSchema.optional(),
    /** As many copies of the service, `<name>_0` and so on, to put load on the registry. */
    load_test_concurrency: integerBetween(1, 10_000).optional(),
    /** Ours: several at once, in place of the options of a single one. */
    reporters: z.array(reporterSchema).min(1).optional(),
    ...singleReporterFields,
  })
  .superRefine(refuseIdleWarmUp)
  .transform((service, context) => {
    const { reporters, reporter_type, zk_hosts, zk_path, use_path_encoding, node_type, ...rest } =
      service;
    const { ttl_seconds, etcd_host, etcd_port, etcd_path, file_path, ...instance } = rest;
    const single = {
      ...{ reporter_type, zk_hosts, zk_path, use_path_encoding, node_type, ttl_seconds },
      ...{ etcd_host, etcd_port, etcd_path, file_path },
    };
    return { ...instance, reporters: chooseReporters({ single, reporters }, context) };
  });

/** `read-only`: the world reads, the owner writes; `private`: the owner alone does either. */
export const acls = ['open', 'read-only', 'private'] as const;

const dynamicRegistrationSchema = z.strictObject({
  /** Address of this host, for registrations that name none. */
  host,
  zk_hosts: zkHosts,
  /** With `{service}` in the place of the service's name. */
  zk_path: zkPath.refine((text) => text.includes('{service}'), {
    error: mustBe('a znode path with "{service}" in it'),
  }),
});

export const nerveConfigSchema = z
  .strictObject({
    /** The `name` of this host's registrations; `-i` on the command line wins over it. */
    instance_id: z.string().refine(isInstanceName, {
      error: mustBe('letters, digits, ".", "_", ":" and "-", a letter or digit first'),
    }),
    services: z.record(line.min(1), nerveServiceSchema).default({}),
    /** A folder with one `<service>.json` each; they win over `services`. Watched for changes. */
    service_conf_dir: path.optional(),
    /** A file that is touched every 10 s. */
    heartbeat_path: path.optional(),
    /** Accepted; there is nothing to give up and start anew here: sessions heal by themselves. */
    max_repeated_report_failures: integerBetween(1, 1_000_000).optional(),
    /** Where metrics are sent, in Datadog's dialect. */
    statsd: z
      .strictObject({ host: host.default('localhost'), port: port.default(8125) })
      .optional(),

    zk_session_timeout_ms: sessionTimeoutMs,
    zk_tunnels: zkTunnels,
    ...identityFields,
    /** Ours: who may do what with the nodes that nerve makes. */
    zk_acl: z.enum(acls, { error: mustBe(`one of ${acls.join(', ')}`) }).default('open'),
    /** Ours: from this path down nodes that stand already are given `zk_acl`, too. */
    zk_acl_root: zkPath.optional(),
    /** Ours: the read-only HTTP API on 127.0.0.1; `null` for none. */
    api_port: port.nullable().default(3211),
    /** Ours: the same API on a Unix socket, where it changes things too. */
    api_socket: path.nullable().default(null),
    /** Ours: what must outlive a restart, sessions and drains among it; `null` for nothing. */
    state_path: path.nullable().default(null),
    /** Ours: where processes that register themselves through the API go; none may without it. */
    dynamic_registration: dynamicRegistrationSchema.optional(),
  })
  .superRefine(refuseTwoSources)
  .superRefine(({ zk_acl: acl, zk_digest_auth: auth, zk_digest_auth_file: file }, context) => {
    if (acl === 'open' || auth !== undefined || file !== undefined) return;
    const message = `is "${acl}", which needs an owner; must come with "zk_digest_auth"`;
    context.addIssue({ code: 'custom', path: ['zk_acl'], message });
  });

export type NerveConfig = Readonly<z.output<typeof nerveConfigSchema>>;
/** Only a restart takes these in. */
export const nerveOptionsOfStart = ['zk_session_timeout_ms', 'state_path'] as const;

export type NerveServiceConfig = Readonly<z.output<typeof nerveServiceSchema>>;

/** The main file. */
export function parseNerveConfig(value: unknown): ParsedConfig<NerveConfig> {
  return parseConfig(nerveConfigSchema, value);
}

/** One file of `service_conf_dir`. */
export function parseNerveServiceConfig(value: unknown): ParsedConfig<NerveServiceConfig> {
  return parseConfig(nerveServiceSchema, value);
}
