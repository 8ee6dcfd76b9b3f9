/**
 * nginx's configuration, whole and deterministic. Original: `lib/synapse/config_generator/nginx.rb`
 * of jolynch/synapse-nginx; pure.
 *
 * Of the registry's values only addresses and ports reach the text, as synapse itself formats
 * them (law 6).
 */
import { createHash } from 'node:crypto';
import { upstreamName } from '../../../config/synapse-claims.ts';
import type { NginxOptions, ServiceNginx } from '../../../config/synapse-generators.ts';
import { formatAddress } from '../../haproxy/server-line.ts';
import { compareText, serverName } from '../../instance.ts';
import type { GeneratedService, RejectedInstance } from '../generator.ts';

export interface NginxContext {
  /** An instance's host as an IP address; `undefined` while the name has none. */
  readonly addressOf: (host: string) => string | undefined;
  /** What makes the order of `shuffle` this host's own. */
  readonly seed: string;
}

export interface RenderedNginx {
  readonly text: string;
  readonly rejected: readonly RejectedInstance[];
}

const header = '# Written by synapse: what you change here is lost.';

export function renderNginx(
  options: NginxOptions,
  services: readonly GeneratedService[],
  context: NginxContext,
): RenderedNginx {
  const { main = [], http = [], stream = [], ...others } = options.contexts;
  const rejected: RejectedInstance[] = [];
  const sections = { http: [...http.map(statement)], tcp: [...stream.map(statement)] };
  for (const service of services) {
    if (service.config.nginx.disabled) continue;
    const placed = place(service, context, rejected);
    sections[service.config.nginx.mode].push(...renderService(options, service, placed));
  }
  const blocks = [
    header,
    ...(main.length === 0 ? [] : [main.map(statement).join('\n')]),
    ...Object.entries(others).map(([name, lines]) => block(name, lines.map(statement))),
    ...(sections.http.length === 0 ? [] : [block('http', sections.http)]),
    ...(sections.tcp.length === 0 ? [] : [block('stream', sections.tcp)]),
  ];
  return { text: `${blocks.join('\n\n')}\n`, rejected };
}

interface PlacedInstance {
  readonly name: string;
  /** `10.0.0.1:80` or `[::1]:80`. */
  readonly address: string;
  readonly draining: boolean;
}

function place(
  { name: service, config, instances }: GeneratedService,
  { addressOf, seed }: NginxContext,
  rejected: RejectedInstance[],
): readonly PlacedInstance[] {
  const placed = new Map<string, PlacedInstance>();
  for (const instance of instances) {
    const { host, port, draining = false } = instance;
    const address = addressOf(host);
    if (address === undefined) {
      rejected.push({ service, server: serverName(instance), reason: noAddress });
      continue;
    }
    const name = serverName(instance);
    // Two names of one host are one server: nginx would send it twice the share.
    const key = formatAddress(address, port);
    if (!placed.has(key)) placed.set(key, { name, address: key, draining });
  }
  return inOrder(config.nginx.upstream_order, [...placed.values()], seed);
}

const noAddress = 'its host name has no address';

function inOrder(
  order: ServiceNginx['upstream_order'],
  instances: readonly PlacedInstance[],
  seed: string,
): readonly PlacedInstance[] {
  if (order === 'no_shuffle') return instances;
  // The original shuffles anew each time, and reloads for it: this keeps to one order.
  const key = ({ name }: PlacedInstance): string =>
    order === 'shuffle' ? hash(`${seed}/${name}`) : name;
  const sorted = instances.toSorted((a, b) => compareText(key(a), key(b)));
  return order === 'desc' ? sorted.reverse() : sorted;
}

function renderService(
  options: NginxOptions,
  { name, config: { nginx: own } }: GeneratedService,
  instances: readonly PlacedInstance[],
): readonly string[] {
  const upstream = upstreamName(name, own);
  // A stream server without an upstream cannot be: nobody listens then.
  if (own.mode === 'tcp' && instances.length === 0) return [];
  const server = own.port === undefined ? [] : [renderServer(options, own, upstream, instances)];
  if (instances.length === 0) return server;
  const allDrain = instances.every(({ draining }) => draining);
  const servers = instances.map(({ address, draining }) =>
    ['server', address, ...(own.server_options === '' ? [] : [own.server_options])]
      .concat(draining && !allDrain ? ['down'] : [])
      .join(' '),
  );
  return [...server, block(`upstream ${upstream}`, [...own.upstream, ...servers].map(statement))];
}

function renderServer(
  options: NginxOptions,
  own: ServiceNginx,
  upstream: string,
  instances: readonly PlacedInstance[],
): string {
  const address = own.listen_address ?? options.listen_address;
  const listenOptions = own.listen_options === '' ? '' : ` ${own.listen_options}`;
  const listen = `listen ${address}:${own.port}${listenOptions}`;
  const answer = instances.length === 0 ? 'return 503' : `proxy_pass http://${upstream}`;
  const pass =
    own.mode === 'tcp'
      ? statement(`proxy_pass ${upstream}`)
      : block('location /', [statement(answer)]);
  return block('server', [...[listen, ...own.server].map(statement), pass]);
}

/** A line of the user's may be a block or have its semicolon already. */
function statement(line: string): string {
  const text = line.trim();
  return text === '' || /[;}]$/.test(text) || text.startsWith('#') ? text : `${text};`;
}

function block(title: string, statements: readonly string[]): string {
  const inside = statements.flatMap((one) => one.split('\n')).map((line) => `\t${line}`);
  return [`${title} {`, ...inside, '}'].join('\n');
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
