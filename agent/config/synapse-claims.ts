/** What no two services of a synapse can have: addresses, backends, upstreams. Pure. */
import type { ServiceConfig, SynapseConfig } from './synapse.ts';

export interface Claim {
  readonly what: string;
  /** Of the option that lays claim to it. */
  readonly path: readonly string[];
}

/** The generators' options that hold for every service. */
export interface ClaimContext {
  readonly haproxy?: { readonly bind_address: string } | undefined;
  readonly nginx?: SynapseConfig['nginx'];
}

export function claimsOf(
  name: string,
  service: Pick<ServiceConfig, 'haproxy' | 'nginx'>,
  { haproxy, nginx }: ClaimContext,
): readonly Claim[] {
  return [
    ...(haproxy === undefined ? [] : claimsOnHaproxy(name, service, haproxy.bind_address)),
    ...(nginx === undefined ? [] : claimsOnNginx(name, service, nginx.listen_address)),
  ];
}

function claimsOnHaproxy(
  name: string,
  { haproxy }: Pick<ServiceConfig, 'haproxy'>,
  globalAddress: string,
): readonly Claim[] {
  const { disabled, backend_name, bind_address, port: bindPort } = haproxy;
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

function claimsOnNginx(
  name: string,
  { nginx }: Pick<ServiceConfig, 'nginx'>,
  globalAddress: string,
): readonly Claim[] {
  const { disabled, mode, listen_address = globalAddress, port } = nginx;
  if (disabled) return [];
  const upstream = {
    what: `the ${mode} upstream ${upstreamName(name, nginx)}`,
    path: ['nginx', 'upstream_name'],
  };
  if (port === undefined) return [upstream];
  return [upstream, { what: `${listen_address}:${port}`, path: ['nginx', 'port'] }];
}

/** nginx takes what follows a colon for a port. */
export function upstreamName(
  service: string,
  { upstream_name }: Pick<ServiceConfig['nginx'], 'upstream_name'>,
): string {
  return upstream_name ?? service.replaceAll(':', '_');
}
