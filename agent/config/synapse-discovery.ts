/** `services.<name>.discovery`: where synapse learns of a service's instances. */
import { z } from 'zod';
import { line, seconds, zkHost, zkHosts, zkPath } from './fields.ts';

const laterMethods = [
  'zookeeper_poll',
  'zookeeper_dns',
  'zookeeper_dns_poll',
  'dns',
  'docker',
  'ec2tag',
  'awstag',
  'marathon',
  'multi',
  'consul',
  'file',
] as const;

const labelFilter = z.strictObject({
  label: z.string(),
  value: z.string(),
  condition: z.enum(['equals', 'not-equals']),
});

const labelFilters = {
  /** Instances must pass all of them. */
  label_filters: z.array(labelFilter).default([]),
  /** The original's deprecated single filter; adds to `label_filters`. */
  label_filter: labelFilter.optional(),
};

/** Only the service's `default_servers`. */
const base = z.strictObject({ method: z.literal('base'), ...labelFilters });

/** Original: `lib/synapse/service_watcher/zookeeper/zookeeper.rb`. */
const zookeeper = z.strictObject({
  method: z.literal('zookeeper'),
  path: zkPath,
  hosts: z.union([zkHost.transform((host) => [host]), zkHosts]),
  ...labelFilters,
  decode: z
    .strictObject({
      method: z
        .enum(['nerve', 'serverset'])
        .refine((method) => method === 'nerve', 'serverset is not supported yet; use "nerve"')
        .default('nerve'),
      endpoint_name: z.string().optional(),
    })
    .prefault({}),
  /** Seconds. Reading is repeated for ever here: only the two intervals take effect. */
  retry_policy: z
    .strictObject({
      max_attempts: z.int().positive().optional(),
      max_delay: z.number().positive().optional(),
      base_interval: seconds.default(0.1),
      max_interval: seconds.default(2),
    })
    .prefault({}),
  /** Only its value `disabled` is supported yet: generator settings are not read from ZooKeeper. */
  generator_config_path: line
    .refine((value) => value === 'disabled', 'is not supported yet; must be "disabled"')
    .optional(),
  /** Seconds between two listings at least. */
  discovery_jitter: z.number().min(0).max(120).default(0),
});

const notSupportedYet = z.looseObject({ method: z.literal(laterMethods) }).refine(() => false, {
  path: ['method'],
  message: 'this discovery method is not supported yet; must be "base" or "zookeeper"',
});

export const discoverySchema = z.discriminatedUnion('method', [base, zookeeper, notSupportedYet]);

export type LabelFilter = Readonly<z.output<typeof labelFilter>>;
export type ZooKeeperDiscovery = Readonly<z.output<typeof zookeeper>>;
