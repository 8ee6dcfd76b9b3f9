/** What a template sees of the services: plain data, every field always there. Pure. */
import { formatAddress } from '../../haproxy/server-line.ts';
import type { Instance } from '../../instance.ts';
import type { GeneratedService } from '../generator.ts';

export interface TemplateView {
  /** In the configuration's order. */
  readonly services: readonly ServiceView[];
  /** The same by name, for `{{#service.web}}`. */
  readonly service: Readonly<Record<string, ServiceView>>;
}

export interface ServiceView {
  readonly name: string;
  /** On which HAProxy listens for it. */
  readonly local_port: number | null;
  readonly instances: readonly InstanceView[];
  /** Of its instances. */
  readonly count: number;
}

export interface InstanceView {
  readonly name: string | null;
  readonly host: string;
  /** The host as an IP address; `null` while the name has none. */
  readonly address: string | null;
  readonly port: number;
  /** Address, or else host, and port: `10.0.0.1:80` or `[::1]:80`. */
  readonly endpoint: string;
  readonly weight: number | null;
  readonly draining: boolean;
  /** For `{{labels.zone}}`. */
  readonly labels: Readonly<Record<string, string>>;
  readonly label_list: readonly { readonly key: string; readonly value: string }[];
  readonly index: number;
  readonly first: boolean;
  readonly last: boolean;
}

/** The names that a template may use, whatever they are in. */
export const viewNames = [
  'services',
  'service',
  'name',
  'local_port',
  'instances',
  'count',
  'host',
  'address',
  'port',
  'endpoint',
  'weight',
  'draining',
  'labels',
  'label_list',
  'key',
  'value',
  'index',
  'first',
  'last',
] as const;

export function buildView(
  services: readonly GeneratedService[],
  addressOf: (host: string) => string | undefined,
): TemplateView {
  const views = services.map(({ name, config, instances }) => ({
    name,
    local_port: config.haproxy.port ?? null,
    instances: instances.map((one, index) => ({
      ...instanceView(one, addressOf(one.host)),
      index,
      first: index === 0,
      last: index === instances.length - 1,
    })),
    count: instances.length,
  }));
  return { services: views, service: bare(views.map((one) => [one.name, one])) };
}

function instanceView(
  { name, host, port, weight, draining, labels }: Instance,
  address: string | undefined,
): Omit<InstanceView, 'index' | 'first' | 'last'> {
  const entries = Object.entries(labels);
  return {
    name: name ?? null,
    host,
    address: address ?? null,
    port,
    endpoint: formatAddress(address ?? host, port),
    weight: weight ?? null,
    draining: draining ?? false,
    labels: bare(entries),
    label_list: entries.map(([key, value]) => ({ key, value })),
  };
}

/** Nothing inherited: a label may be called `constructor`. */
function bare<T>(entries: readonly (readonly [string, T])[]): Readonly<Record<string, T>> {
  const record: Record<string, T> = Object.create(null);
  for (const [key, value] of entries) record[key] = value;
  return record;
}
