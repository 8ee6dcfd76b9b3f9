/**
 * Discovery in ZooKeeper. Originals: `zookeeper/zookeeper.rb`, `zookeeper_poll/zookeeper_poll.rb`,
 * `zookeeper_dns/zookeeper_dns.rb` and `zookeeper_dns_poll/zookeeper_dns_poll.rb` in
 * `lib/synapse/service_watcher`.
 */
import { z } from 'zod';
import { line, seconds, secondsOrNone, zkHost, zkHosts, zkPath } from './fields.ts';
import { resolving } from './synapse-dns.ts';
import { labelFilters } from './synapse-labels.ts';

const registry = {
  path: zkPath,
  hosts: z.union([zkHost.transform((host) => [host]), zkHosts]),
  ...labelFilters,
  decode: z
    .strictObject({
      method: z.enum(['nerve', 'serverset']).default('nerve'),
      /** Of `additionalEndpoints`, instead of the `serviceEndpoint`; serversets alone have them. */
      endpoint_name: line.optional(),
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
  /** Whose data hold settings for generators; `path` by default, none with `disabled`. */
  generator_config_path: z.union([z.literal('disabled'), zkPath]).optional(),
  /** Seconds between two listings at least. */
  discovery_jitter: z.number().min(0).max(120).default(0),
};

/** Without watches: a listing each so many seconds, up to a tenth of it sooner at random. */
const polled = { polling_interval_sec: secondsOrNone.default(60) };

export const zookeeper = z.strictObject({ method: z.literal('zookeeper'), ...registry });

export const zookeeperPoll = z.strictObject({
  method: z.literal('zookeeper_poll'),
  ...registry,
  ...polled,
});

/** The hosts found in ZooKeeper are names; their addresses are what serves. */
export const zookeeperDns = z.strictObject({
  method: z.literal('zookeeper_dns'),
  ...registry,
  ...resolving,
});

export const zookeeperDnsPoll = z.strictObject({
  method: z.literal('zookeeper_dns_poll'),
  ...registry,
  ...polled,
  ...resolving,
});

export type ZooKeeperDnsDiscovery = Readonly<
  z.output<typeof zookeeperDns> | z.output<typeof zookeeperDnsPoll>
>;
/** What is watched, whatever is made of it. */
export type ZooKeeperDiscovery =
  | Readonly<z.output<typeof zookeeper> | z.output<typeof zookeeperPoll>>
  | ZooKeeperDnsDiscovery;
