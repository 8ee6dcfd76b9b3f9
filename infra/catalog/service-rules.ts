/** Rules about services: names, references to hosts, ports. */

import type { Problem } from '../../agent/config/parse.ts';
import { firstFree, portsInUse } from './free.ts';
import {
  isLegalName,
  isReservedServiceName,
  legalNameRule,
  reservedPorts,
  toLegalName,
} from './names.ts';
import { hostsWith, isConsumer, programOf } from './queries.ts';
import type { RuleContext } from './rule.ts';
import type { Run, Service } from './schema.ts';

export function serviceNames({ services }: RuleContext): Problem[] {
  return Object.keys(services).flatMap((name) => {
    const path = `services.${name}`;
    if (!isLegalName(name)) {
      return [{ path, message: `${legalNameRule}; try "${toLegalName(name)}"` }];
    }
    if (!isReservedServiceName(name)) return [];
    return [{ path, message: `"${name}" is a unit of the system; try "${name}_service"` }];
  });
}

export function hostReferences(context: RuleContext): Problem[] {
  return Object.entries(context.services).flatMap(([name, service]) => {
    const consumers = service.consumers === 'all' ? [] : service.consumers;
    return [
      ...badReferences(`services.${name}.on`, service.on, context),
      ...badReferences(`services.${name}.consumers`, consumers, context),
    ];
  });
}

/** A service reaches another through the proxy of each host that it runs on. */
export function callsReach(context: RuleContext): Problem[] {
  const { services } = context;
  const names = Object.keys(services);
  return Object.entries(services).flatMap(([name, { on, calls }]) =>
    calls.flatMap((called, index) => {
      const at = `services.${name}.calls[${index}]`;
      const service = Object.hasOwn(services, called) ? services[called] : undefined;
      if (calls.indexOf(called) !== index) {
        return [{ path: at, message: `"${called}" is there twice` }];
      }
      if (service === undefined) {
        return [{ path: at, message: `no service "${called}"; there are ${names.join(', ')}` }];
      }
      const without = on.filter((host) => !isConsumer(context, service, host));
      if (without.length === 0) return [];
      const message =
        `${without.join(', ')} cannot reach ${called}; ` +
        `add to services.${called}.consumers, or leave that out`;
      return [{ path: at, message }];
    }),
  );
}

function badReferences(
  path: string,
  names: readonly string[],
  { hosts, malformedHosts }: RuleContext,
): Problem[] {
  const known = hostsWith(hosts, 'service').join(', ');
  return names.flatMap((name, index) => {
    const at = `${path}[${index}]`;
    const host = hosts[name];
    if (names.indexOf(name) !== index) return [{ path: at, message: `"${name}" is there twice` }];
    if (malformedHosts.has(name)) return [];
    if (host === undefined) {
      return [{ path: at, message: `no host "${name}"; there are ${known}` }];
    }
    if (host.roles.includes('service')) return [];
    return [{ path: at, message: `${name} lacks the role service; give it that, or use another` }];
  });
}

export function reserved({ services }: RuleContext): Problem[] {
  return Object.entries(services).flatMap(([name, service]) =>
    (['port', 'localPort'] as const).flatMap((field) => {
      const use = reservedPorts.get(service[field]);
      if (use === undefined) return [];
      const free = firstFree(field === 'port' ? 8_001 : 3_333, portsInUse(services));
      const message = `${service[field]} is reserved for ${use}; try ${free}`;
      return [{ path: `services.${name}.${field}`, message }];
    }),
  );
}

export function localPortsOnce({ services }: RuleContext): Problem[] {
  const seen = new Map<number, string>();
  return Object.entries(services).flatMap(([name, { localPort }]) => {
    const other = seen.get(localPort);
    if (other === undefined) {
      seen.set(localPort, name);
      return [];
    }
    const free = firstFree(localPort, portsInUse(services));
    const message = `${localPort} is also the local port of ${other}; try ${free}`;
    return [{ path: `services.${name}.localPort`, message }];
  });
}

/** On one host, instances and the local ports of the proxy share one set of ports. */
export function portsOncePerHost(context: RuleContext): Problem[] {
  const free = firstFree(8_001, portsInUse(context.services));
  return Object.entries(context.services).flatMap(([name, service]) => {
    const clash = firstClash(context, name, service);
    if (clash === undefined) return [];
    const message = `${service.port} is taken ${clash}; try ${free}`;
    return [{ path: `services.${name}.port`, message }];
  });
}

function firstClash(context: RuleContext, name: string, service: Service): string | undefined {
  const services = Object.entries(context.services);
  const earlier = services.slice(0, Object.keys(context.services).indexOf(name));
  for (const host of service.on) {
    const instance = earlier.find(
      ([, other]) => other.port === service.port && other.on.includes(host),
    );
    if (instance) return `on ${host} by ${instance[0]}`;
    const proxy = services.find(
      ([, other]) => other.localPort === service.port && isConsumer(context, other, host),
    );
    if (proxy) return `on ${host} by the local port of ${proxy[0]}`;
  }
  return undefined;
}

/**
 * A bare name that is no file of the service is one of the system's programs; what is quoted, or begins
 * with a specifier, systemd knows better.
 */
export function programsExist({ services }: RuleContext): Problem[] {
  return Object.entries(services).flatMap(([name, { run }]) => {
    if (run === undefined) return [];
    const { path, file } = programOf(run);
    if (file !== undefined || !/^[\w.-]+\//.test(path)) return [];
    return [{ path: `services.${name}.run.command`, message: notAmongFiles(path, run) }];
  });
}

/** For what is relative to the folder of a service, where its files are. */
export function notAmongFiles(path: string, run: Pick<Run, 'files'> | undefined): string {
  const there = Object.keys(run?.files ?? {}).join(', ') || 'none';
  return (
    `"${path}" is not among run.files (there: ${there}); ` +
    'add it there, or give an absolute path on the host'
  );
}

export function filesExist({ services, fileExists }: RuleContext): Problem[] {
  return Object.entries(services).flatMap(([name, { run }]) =>
    Object.entries(run?.files ?? {})
      .filter(([, source]) => !fileExists(source))
      .map(([file, source]) => ({
        path: `services.${name}.run.files.${file}`,
        message: `there is no file "${source}"; give a path relative to the repository's root`,
      })),
  );
}
