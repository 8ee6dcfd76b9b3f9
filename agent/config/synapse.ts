/**
 * synapse's configuration file: airbnb/synapse's options under their names, meanings and defaults
 * (its README and `lib/synapse`), and a few of ours, marked so.
 */
import { z } from 'zod';
import { maxWeight } from '../registration.ts';
import {
  count,
  host,
  integerBetween,
  line,
  path,
  port,
  proxyName,
  sessionTimeoutMs,
  zkTunnels,
} from './fields.ts';
import { identityFields, refuseTwoSources } from './identities.ts';
import { copiesOf, multiplyServices } from './load-test.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';
import { clashesAmong } from './synapse-claims.ts';
import {
  type Discovery,
  type DiscoveryMulti,
  discoveryMultiSchema,
  discoverySchema,
  sourcesOf,
  withPrimary,
} from './synapse-discovery.ts';
import {
  fileOutputSchema,
  nginxSchema,
  participationSchema,
  serviceNginxSchema,
  templatesSchema,
} from './synapse-generators.ts';
import { guardSchema, zoneSchema } from './synapse-guard.ts';
import { haproxySchema, serviceHaproxySchema, withoutHaproxy } from './synapse-haproxy.ts';
import { orderProblem } from './synapse-resolvers.ts';

const defaultServerSchema = z.strictObject({
  name: proxyName.optional(),
  host,
  /** May be left out where `backend_port_override` is given. */
  port: port.optional(),
  id: z.int().min(0).optional(),
  weight: integerBetween(0, maxWeight).optional(),
  haproxy_server_options: line.optional(),
  haproxy_server_id: z.int().positive().optional(),
  labels: z.record(z.string(), z.string()).default({}),
});

const serviceSchema = z
  .strictObject({
    discovery: discoverySchema,
    haproxy: serviceHaproxySchema.prefault({}),
    /** Used when the registry reports no instance; with `keep_default_servers` always. */
    default_servers: z.array(defaultServerSchema).default([]),
    keep_default_servers: z.boolean().default(false),
    /**
     * With no instance and no default server, what was known before stays. Ours: except for those
     * that announced that they leave, which the originals' nerve does not.
     */
    use_previous_backends: z.boolean().default(true),
    backend_port_override: port.optional(),
    /** Ours: holds instances that vanish at once without a word; `null` for never. */
    guard: guardSchema.nullable().prefault({}),
    /** Ours: prefers the instances of one zone. */
    zone: zoneSchema.optional(),
    /** Only the instance with the smallest sequence number. */
    leader_election: z.boolean().default(false),
    /** Further watchers: `discovery` becomes the one that is called `primary`. */
    discovery_multi: discoveryMultiSchema.optional(),
    /** Ours: settings for generators in the registry may hold raw lines, ports and addresses. */
    trust_registry_config: z.boolean().default(false),
    /** The service so many times over, as `<name>_0` and so on: for load tests. */
    load_test_concurrency: count.optional(),
    file_output: participationSchema.prefault({}),
    nginx: serviceNginxSchema.prefault({}),
    template: participationSchema.prefault({}),
  })
  .superRefine((service, context) => {
    const fallback = service.backend_port_override ?? service.haproxy.server_port_override;
    for (const [index, server] of service.default_servers.entries()) {
      if (server.port !== undefined || fallback !== undefined) continue;
      const message = 'is missing; must be a port, unless backend_port_override gives it';
      context.addIssue({ code: 'custom', path: ['default_servers', index, 'port'], message });
    }
    checkSources(service, fallback, context);
  })
  .transform(({ discovery, discovery_multi: more, ...service }) => ({
    ...service,
    discovery: more ? withPrimary(more, discovery) : discovery,
  }));

export const synapseConfigSchema = z
  .strictObject({
    services: z.record(proxyName, serviceSchema).default({}),
    /** A folder with one `<service>.json` each, merged into `services`. */
    service_conf_dir: path.optional(),
    /** May be left out where there is another generator. */
    haproxy: haproxySchema.optional(),
    file_output: fileOutputSchema.optional(),
    nginx: nginxSchema.optional(),
    /** Ours. */
    template: templatesSchema.default({}),
    /** Where metrics are sent, in Datadog's dialect; `sample_rate` by name, 1 by default. */
    statsd: z
      .strictObject({
        host: host.default('localhost'),
        port: port.default(8125),
        sample_rate: z.record(z.string(), z.number().min(0).max(1)).default({}),
      })
      .optional(),

    /** Ours: the last known instances, from which synapse starts while ZooKeeper is down. */
    state_path: path.default('/var/lib/smartstack/synapse-state.json'),
    /** Ours: the read-only HTTP API on 127.0.0.1; `null` for none. */
    api_port: port.nullable().default(3210),
    /** Ours: the same API on a Unix socket, where it changes things too. */
    api_socket: path.nullable().default(null),
    zk_session_timeout_ms: sessionTimeoutMs,
    zk_tunnels: zkTunnels,
    // For registrations that not everybody may read.
    ...identityFields,
  })
  .superRefine(refuseTwoSources)
  .superRefine(({ services, haproxy, file_output, nginx, template }, context) => {
    if (!haproxy && !file_output && !nginx && Object.keys(template).length === 0) {
      const message = 'is missing; must be there, unless file_output, nginx or template is';
      context.addIssue({ code: 'custom', path: ['haproxy'], message });
    }
    for (const clash of clashesAmong(copiesOf(services), { haproxy, nginx })) {
      const message = `${clash.what} is taken by the service ${clash.other}; must be another one`;
      context.addIssue({ code: 'custom', path: ['services', clash.owner, ...clash.path], message });
    }
  })
  .transform(({ haproxy = withoutHaproxy, services, ...config }) => ({
    ...config,
    haproxy,
    services: multiplyServices(services),
  }));

export type SynapseConfig = Readonly<z.output<typeof synapseConfigSchema>>;
/** Only a restart takes these in. */
export const synapseOptionsOfStart = ['state_path', 'zk_session_timeout_ms'] as const;

export type ServiceConfig = Readonly<z.output<typeof serviceSchema>>;
export type DefaultServer = Readonly<z.output<typeof defaultServerSchema>>;

export function parseSynapseConfig(value: unknown): ParsedConfig<SynapseConfig> {
  return parseConfig(synapseConfigSchema, value);
}

interface Sources {
  readonly discovery: Discovery;
  readonly discovery_multi?: DiscoveryMulti | undefined;
}

function checkSources(
  { discovery, discovery_multi: more }: Sources,
  fallbackPort: number | undefined,
  context: z.core.$RefinementCtx,
): void {
  const complain = (path: readonly string[], message: string): void =>
    context.addIssue({ code: 'custom', path: [...path], message });
  const all = more === undefined ? discovery : withPrimary(more, discovery);
  if (fallbackPort === undefined && sourcesOf(all).some(({ method }) => method === 'ec2tag')) {
    complain(
      ['backend_port_override'],
      'is missing; ec2tag finds hosts alone, and needs their port',
    );
  }
  if (more === undefined || all.method !== 'multi') return;
  const order = orderProblem(more.resolver, Object.keys(all.watchers));
  if (order !== undefined) complain(['discovery_multi', 'resolver', 'sequential_order'], order);
}
