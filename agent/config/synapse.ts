/**
 * synapse's configuration file: airbnb/synapse's options under their names, meanings and defaults
 * (its README and `lib/synapse`), and a few of ours, marked so.
 */
import { z } from 'zod';
import { maxWeight } from '../registration.ts';
import {
  digestAuth,
  host,
  integerBetween,
  line,
  notSupportedYet,
  path,
  port,
  proxyName,
  sessionTimeoutMs,
} from './fields.ts';
import { type ParsedConfig, parseConfig } from './parse.ts';
import { discoverySchema } from './synapse-discovery.ts';
import { haproxySchema, serviceHaproxySchema } from './synapse-haproxy.ts';

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
    /** Only the instance with the smallest sequence number. */
    leader_election: z.boolean().default(false),
    discovery_multi: notSupportedYet,
    load_test_concurrency: notSupportedYet,
    file_output: notSupportedYet,
    nginx: notSupportedYet,
  })
  .superRefine((service, context) => {
    const fallback = service.backend_port_override ?? service.haproxy.server_port_override;
    for (const [index, server] of service.default_servers.entries()) {
      if (server.port !== undefined || fallback !== undefined) continue;
      const message = 'is missing; must be a port, unless backend_port_override gives it';
      context.addIssue({ code: 'custom', path: ['default_servers', index, 'port'], message });
    }
  });

export const synapseConfigSchema = z
  .strictObject({
    services: z.record(proxyName, serviceSchema).default({}),
    /** A folder with one `<service>.json` each, merged into `services`. */
    service_conf_dir: path.optional(),
    haproxy: haproxySchema,
    file_output: notSupportedYet,
    nginx: notSupportedYet,
    /** Accepted; metrics are not sent yet. */
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
    zk_session_timeout_ms: sessionTimeoutMs,
    /** Ours: `user:password`, for registrations that not everybody may read. */
    zk_digest_auth: digestAuth.optional(),
  })
  .superRefine(({ services, haproxy }, context) => {
    const seen = new Map<string, string>();
    for (const [name, service] of Object.entries(services)) {
      for (const claim of claimsOf(name, service, haproxy.bind_address)) {
        const other = seen.get(claim.what);
        seen.set(claim.what, other ?? name);
        if (other === undefined) continue;
        const message = `${claim.what} is taken by the service ${other}; must be another one`;
        context.addIssue({ code: 'custom', path: ['services', name, ...claim.path], message });
      }
    }
  });

export type SynapseConfig = Readonly<z.output<typeof synapseConfigSchema>>;
export type ServiceConfig = Readonly<z.output<typeof serviceSchema>>;
export type DefaultServer = Readonly<z.output<typeof defaultServerSchema>>;

export function parseSynapseConfig(value: unknown): ParsedConfig<SynapseConfig> {
  return parseConfig(synapseConfigSchema, value);
}

interface Claim {
  readonly what: string;
  readonly path: readonly string[];
}

/** What no two services can have. */
function claimsOf(name: string, service: ServiceConfig, globalAddress: string): readonly Claim[] {
  const { disabled, backend_name, bind_address, port: bindPort } = service.haproxy;
  if (disabled) return [];
  const address = bind_address ?? globalAddress;
  const backend = {
    what: `the backend ${backend_name ?? name}`,
    path: ['haproxy', 'backend_name'],
  };
  if (bindPort === undefined) return [backend];
  const bind = bindPort === null ? address : `${address}:${bindPort}`;
  return [backend, { what: bind, path: ['haproxy', 'port'] }];
}
