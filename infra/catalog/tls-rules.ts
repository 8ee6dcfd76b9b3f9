/** Rules about names with TLS, and the ports on which hosts listen for it or what goes over it. */
import type { Problem } from '../../agent/config/parse.ts';
import { firstFree, portsInUse } from './free.ts';
import { reservedForEnsembleTls, reservedPorts, reservedTlsNames } from './names.ts';
import { hostsWith, isConsumer, tlsPortOf, tunnelPortOf } from './queries.ts';
import type { RuleContext } from './rule.ts';
import type { Service } from './schema.ts';

const firstSuggested = 18_001;

export function tlsNamesFree({ services }: RuleContext): Problem[] {
  return Object.entries(services).flatMap(([name, { tls }]) => {
    if (tls === false || !reservedTlsNames.has(name)) return [];
    const message = `${name}.tls is a proxy that each host with TLS has; try "${name}_service"`;
    return [{ path: `services.${name}`, message }];
  });
}

/** On each host of the service, nobody else has its port. */
export function tlsPortsFree(context: RuleContext): Problem[] {
  const { services } = context;
  const free = firstFree(firstSuggested, portsInUse(services));
  return Object.entries(services).flatMap(([name, service]) => {
    const port = tlsPortOf(service);
    const why = port === undefined ? undefined : whyNot(context, name, service, port);
    if (why === undefined) return [];
    const path = `services.${name}.tls`;
    return [{ path, message: `${port}, its port for TLS, ${why}; try tls: { port: ${free} }` }];
  });
}

function whyNot(
  context: RuleContext,
  name: string,
  service: Service,
  port: number,
): string | undefined {
  if (port > 65_535) return 'is above 65535';
  const use = reservedPorts.get(port);
  if (use !== undefined) return `is reserved for ${use}`;
  const taken = service.on.flatMap((host) => takenOn(context, host, name, port) ?? []);
  return taken.length === 0 ? undefined : `is taken ${taken[0]}`;
}

function takenOn(
  context: RuleContext,
  host: string,
  name: string,
  port: number,
): string | undefined {
  const services = Object.entries(context.services);
  const earlier = services.slice(0, Object.keys(context.services).indexOf(name));
  const instance = services.find(([, one]) => one.port === port && one.on.includes(host));
  if (instance) return `on ${host} by ${instance[0]}`;
  const other = earlier.find(([, one]) => tlsPortOf(one) === port && one.on.includes(host));
  if (other) return `on ${host} by the TLS of ${other[0]}`;
  const proxy = services.find(
    ([, one]) => one.localPort === port && isConsumer(context, one, host),
  );
  return proxy && `on ${host} by the local port of ${proxy[0]}`;
}

/** With TLS to ZooKeeper, nobody else has a port that it takes on hosts. */
export function ensembleTlsPortsFree({ ensemble, hosts, services }: RuleContext): Problem[] {
  if (ensemble?.tls !== true) return [];
  const taken = new Map([
    ...reservedForEnsembleTls,
    ...hostsWith(hosts, 'zookeeper').map(
      (member) => [tunnelPortOf(hosts[member]?.id ?? 0), `the tunnel to ${member}`] as const,
    ),
  ]);
  const inUse = new Set([...portsInUse(services), ...taken.keys()]);
  return Object.entries(services).flatMap(([name, service]) => {
    const own = { port: service.port, localPort: service.localPort, tls: tlsPortOf(service) };
    return Object.entries(own).flatMap(([field, port]) => {
      const use = port === undefined ? undefined : taken.get(port);
      if (port === undefined || use === undefined) return [];
      const message = `${port} is reserved for ${use}; try ${firstFree(port, inUse)}`;
      return [{ path: `services.${name}.${field}`, message }];
    });
  });
}
