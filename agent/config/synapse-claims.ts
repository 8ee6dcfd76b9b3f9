/** What no two services of a synapse can have: addresses, backends, upstreams. Pure. */
import type { Copy } from './load-test.ts';
import type { ServiceConfig, SynapseConfig } from './synapse.ts';

export interface Claim {
  readonly what: string;
  /** Of the option that lays claim to it. */
  readonly path: readonly string[];
}

/** What a service lays claim to, and another one before it. */
export interface Clash extends Claim {
  /** Both as the configuration has them. */
  readonly owner: string;
  readonly other: string;
}

/** Copies of one service share its addresses, and nothing else. */
export function clashesAmong(
  copies: readonly Copy<Pick<ServiceConfig, 'haproxy' | 'nginx'>>[],
  context: ClaimContext,
): readonly Clash[] {
  const seen = new Map<string, string>();
  return copies.flatMap(({ name, owner, service }) => {
    const path = name === owner ? [] : ['load_test_concurrency'];
    const itself: Claim = { what: `the name ${name}`, path };
    // Under one name they would be one: what they want beside it is no news.
    const claims = seen.has(itself.what) ? [] : claimsOf(name, service, context);
    return [itself, ...claims].flatMap((claim) => {
      const { what } = claim;
      const other = seen.get(what);
      seen.set(what, other ?? owner);
      return other === undefined || other === owner ? [] : [{ ...claim, owner, other }];
    });
  });
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
