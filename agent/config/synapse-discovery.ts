/** `services.<name>.discovery`: where synapse learns of a service's instances. */
import { z } from 'zod';
import { dns } from './synapse-dns.ts';
import { labelFilters } from './synapse-labels.ts';
import { orderProblem, primaryWatcher, resolverSchema } from './synapse-resolvers.ts';
import { consul, docker, ec2tag, file, marathon } from './synapse-sources.ts';
import { zookeeper, zookeeperDns, zookeeperDnsPoll, zookeeperPoll } from './synapse-zookeeper.ts';

/** Only the service's `default_servers`. */
const base = z.strictObject({ method: z.literal('base'), ...labelFilters });

const sources = [
  base,
  zookeeper,
  zookeeperPoll,
  zookeeperDns,
  zookeeperDnsPoll,
  dns,
  docker,
  ec2tag,
  marathon,
  consul,
  file,
] as const;

const sourceSchema = z.discriminatedUnion('method', sources);

const several = z.strictObject({
  method: z.literal('multi'),
  resolver: resolverSchema,
  ...labelFilters,
});

/** One of several watchers may be several itself, as in the original. */
interface Several extends z.output<typeof several> {
  watchers: Record<string, z.output<typeof sourceSchema> | Several>;
}
interface SeveralInput extends z.input<typeof several> {
  watchers: Record<string, z.input<typeof sourceSchema> | SeveralInput>;
}

/** `discoverySchema` ahead of itself. */
const anySchema: z.ZodType<
  z.output<typeof sourceSchema> | Several,
  z.input<typeof sourceSchema> | SeveralInput
> = z.lazy(() => discoverySchema);

/** Original: `lib/synapse/service_watcher/multi/multi.rb`. */
const multi = several
  .extend({
    watchers: z
      .record(z.string(), anySchema)
      .refine((watchers) => Object.keys(watchers).length > 0, 'is empty; must name a watcher'),
  })
  .superRefine(({ watchers, resolver }, context) => {
    const message = orderProblem(resolver, Object.keys(watchers));
    if (message === undefined) return;
    context.addIssue({ code: 'custom', path: ['resolver', 'sequential_order'], message });
  });

export const discoverySchema = z.discriminatedUnion('method', [...sources, multi]);

/** `discovery_multi`: further watchers beside that of `discovery`, which becomes `primary`. */
export const discoveryMultiSchema = z.strictObject({
  method: z.literal('multi').default('multi'),
  /** One that is called `primary` is ignored, as in the original. */
  watchers: z.record(z.string(), anySchema).default({}),
  resolver: resolverSchema,
  ...labelFilters,
});

export type Discovery = Readonly<z.output<typeof discoverySchema>>;
export type SourceDiscovery = Readonly<z.output<typeof sourceSchema>>;
export type MultiDiscovery = Readonly<z.output<typeof multi>>;
export type DiscoveryMulti = Readonly<z.output<typeof discoveryMultiSchema>>;

/** One discovery from the two, as the original makes it. */
export function withPrimary(more: DiscoveryMulti, primary: Discovery): MultiDiscovery {
  const others = Object.entries(more.watchers).filter(([name]) => name !== primaryWatcher);
  return { ...more, watchers: { ...Object.fromEntries(others), [primaryWatcher]: primary } };
}

/** Each place that is watched, however they are combined. */
export function sourcesOf(discovery: Discovery): readonly SourceDiscovery[] {
  if (discovery.method !== 'multi') return [discovery];
  return Object.values(discovery.watchers).flatMap(sourcesOf);
}

/** The ensembles in which something is watched. */
export function ensemblesOf(discovery: Discovery): readonly (readonly string[])[] {
  return sourcesOf(discovery).flatMap((source) => ('hosts' in source ? [source.hosts] : []));
}
