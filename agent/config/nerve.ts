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
  notSupportedYet,
  path,
  port,
  seconds,
  sessionTimeoutMs,
  zkHost,
  zkPath,
} from './fields.ts';
import { checkSchema } from './nerve-checks.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';

const label = z.union([line.min(1).max(1_024), z.number(), z.boolean()]).transform(String);

export const nerveServiceSchema = z.strictObject({
  /** Where clients reach the instance, and where it is checked unless a check says otherwise. */
  host,
  port,
  reporter_type: z
    .string()
    .toLowerCase()
    .pipe(
      z.literal('zookeeper', {
        error: ({ input }) =>
          input === 'etcd'
            ? 'is "etcd", which is not supported yet; must be "zookeeper"'
            : 'names no reporter; must be "zookeeper"',
      }),
    )
    .default('zookeeper'),
  /** From the start of one round of checks to the start of the next. */
  check_interval: seconds.default(0.5),
  /** Takes the service for up without checking. */
  check_mocked: z.boolean().default(false),
  /** All must pass; without any the service is up while nerve runs. */
  checks: z.array(checkSchema).default([]),
  weight: integerBetween(0, maxWeight).optional(),
  haproxy_server_options: line.max(1_024).optional(),
  labels: z.record(line.min(1).max(1_024), label).optional(),
  zk_hosts: z.array(zkHost).min(1),
  zk_path: zkPath,
  /** The registration rides in the node's name, so that consumers need not read the node. */
  use_path_encoding: z.boolean().default(false),
  node_type: z
    .literal('ephemeral_sequential', {
      error: 'is not supported yet; must be "ephemeral_sequential"',
    })
    .default('ephemeral_sequential'),
  /** Without effect on ephemeral nodes, as in the original. */
  ttl_seconds: seconds.nullish(),
  rate_limiting: notSupportedYet,
  etcd_host: notSupportedYet,
  etcd_port: notSupportedYet,
  etcd_path: notSupportedYet,
  load_test_concurrency: notSupportedYet,
});

export const nerveConfigSchema = z.strictObject({
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
  /** Accepted; metrics are not sent yet. */
  statsd: z.strictObject({ host: host.default('localhost'), port: port.default(8125) }).optional(),

  zk_session_timeout_ms: sessionTimeoutMs,
  /** Ours: the read-only HTTP API on 127.0.0.1; `null` for none. */
  api_port: port.nullable().default(3211),
});

export type NerveConfig = Readonly<z.output<typeof nerveConfigSchema>>;
export type NerveServiceConfig = Readonly<z.output<typeof nerveServiceSchema>>;

/** The main file. */
export function parseNerveConfig(value: unknown): ParsedConfig<NerveConfig> {
  return parseConfig(nerveConfigSchema, value);
}

/** One file of `service_conf_dir`. */
export function parseNerveServiceConfig(value: unknown): ParsedConfig<NerveServiceConfig> {
  return parseConfig(nerveServiceSchema, value);
}
