/** Discovery in the domain name system. Original: `lib/synapse/service_watcher/dns/dns.rb`. */
import { isIP } from 'node:net';
import { z } from 'zod';
import { isHost } from '../registration.ts';
import { mustBe } from './describe-issue.ts';
import { port, proxyName, seconds } from './fields.ts';
import { labelFilters } from './synapse-labels.ts';

/** Service records have names such as `_http._tcp.example.com`. */
const recordName = z
  .string()
  .refine((text) => isHost(text) || /^_[A-Za-z0-9._-]{1,252}$/.test(text), {
    error: mustBe('an address or a name in DNS'),
  });

const server = z.union([
  /** As in one of the original's examples. */
  recordName.transform((host) => ({ host, name: undefined, port: undefined, labels: {} })),
  z.strictObject({
    host: recordName,
    /** May be left out where `backend_port_override` or a service record gives it. */
    port: port.optional(),
    name: proxyName.optional(),
    labels: z.record(z.string(), z.string()).default({}),
  }),
]);

const nameserver = z.string().refine(isNameserver, {
  error: mustBe('the address of a name server, such as "10.0.0.2" or "10.0.0.2:5353"'),
});

export const resolving = {
  /** Instead of those of the system; ours: a list, and a port behind each. */
  nameserver: z
    .union([nameserver.transform((one) => [one]), z.array(nameserver).min(1)])
    .optional(),
  /** Seconds. Ours: names whose answers are valid for less are asked for again sooner. */
  check_interval: seconds.default(30),
};

export const dns = z.strictObject({
  method: z.literal('dns'),
  servers: z.array(server).min(1),
  ...resolving,
  /** Ours: `srv` takes ports, weights and backups from service records. */
  record: z.enum(['a', 'srv']).default('a'),
  ...labelFilters,
});

export type DnsDiscovery = Readonly<z.output<typeof dns>>;
export type DnsServer = Readonly<DnsDiscovery['servers'][number]>;

function isNameserver(text: string): boolean {
  if (isIP(text) !== 0) return true;
  const [, six, four, portText] = /^(?:\[([^\]]+)\]|([^:]+)):(\d{1,5})$/.exec(text) ?? [];
  return isIP(six ?? four ?? '') !== 0 && Number(portText) >= 1 && Number(portText) <= 65_535;
}
