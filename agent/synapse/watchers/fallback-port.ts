/** The port of instances that come without one. */
import type { ServiceConfig } from '../../config/synapse.ts';
import { type Discovery, sourcesOf } from '../../config/synapse-discovery.ts';

export function fallbackPortOf({
  backend_port_override,
  haproxy,
}: Pick<ServiceConfig, 'backend_port_override' | 'haproxy'>): number | undefined {
  return backend_port_override ?? haproxy.server_port_override;
}

/** Where others look, each instance has a port of its own. */
const methods: ReadonlySet<Discovery['method']> = new Set(['consul', 'dns', 'ec2tag', 'file']);

/** Whether there may be such instances. */
export function needsFallbackPort(discovery: Discovery): boolean {
  return sourcesOf(discovery).some(({ method }) => methods.has(method));
}
