/** Rules about what proxies do for a service. */
import type { Problem } from '../../agent/config/parse.ts';
import { consumersOf } from './queries.ts';
import type { RuleContext } from './rule.ts';

/** What it takes to read a request, which a proxy for `tcp` does not. */
export function httpAlone({ services }: RuleContext): Problem[] {
  return Object.entries(services).flatMap(([name, { mode, proxy }]) => {
    const path = `services.${name}.proxy`;
    const problems: Problem[] = [];
    if (mode === 'http') return problems;
    if (/^(?:uri|hdr|url_param)\b/.test(proxy.balance)) {
      const message = `"${proxy.balance}" takes requests of HTTP; use source, or mode: 'http'`;
      problems.push({ path: `${path}.balance`, message });
    }
    if (proxy.observe !== false && proxy.observe.by === 'layer7') {
      const message = "layer7 takes answers of HTTP; use layer4, or mode: 'http'";
      problems.push({ path: `${path}.observe.by`, message });
    }
    return problems;
  });
}

/** Who prefers his own zone has one, and so have those whom he prefers. */
export function zonesKnown(context: RuleContext): Problem[] {
  const { hosts, services, malformedHosts, everyHostHasZone } = context;
  return Object.entries(services).flatMap(([name, service]) => {
    if (service.proxy.zone === undefined || everyHostHasZone) return [];
    const without = [...new Set([...service.on, ...consumersOf(context, service)])].filter(
      (host) => hosts[host] !== undefined && hosts[host].zone === undefined,
    );
    if (without.length === 0 || malformedHosts.size > 0) return [];
    const message = `needs a zone for each host of the service; give one to ${without.join(', ')}`;
    return [{ path: `services.${name}.proxy.zone`, message }];
  });
}

/** The zone of a host goes along in the registrations of its instances. */
export function oneZoneEach({ hosts, services, everyHostHasZone }: RuleContext): Problem[] {
  return Object.entries(services).flatMap(([name, { on, labels }]) => {
    if (labels?.zone === undefined) return [];
    const host = on.find((one) => everyHostHasZone || hosts[one]?.zone !== undefined);
    if (host === undefined) return [];
    const message = `${host} has a zone of its own, which takes this label; leave it out here`;
    return [{ path: `services.${name}.labels.zone`, message }];
  });
}
