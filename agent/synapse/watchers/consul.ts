/**
 * The instances of a service whose checks pass in Consul. Each question waits there for a change:
 * https://developer.hashicorp.com/consul/api-docs/health#list-service-instances-for-service and
 * https://developer.hashicorp.com/consul/api-docs/features/blocking
 */
import { z } from 'zod';
import type { ConsulDiscovery } from '../../config/synapse-sources.ts';
import type { Clock } from '../../lib/clock.ts';
import { getJson } from '../../lib/http-json.ts';
import { maxWeight } from '../../registration.ts';
import { type Candidate, sortOut } from './candidates.ts';
import { type Answer, askOutside, type Source, SourceError } from './source.ts';

export interface ConsulOptions {
  readonly discovery: ConsulDiscovery;
  readonly fallbackPort: number | undefined;
  readonly clock: Clock;
}

/** Consul adds up to a sixteenth to the wait. */
const spareMs = 5_000;
/** Between two questions at least: one that does not wait must not be asked in a tight loop. */
const pauseMs = 100;
const retryCapMs = 10_000;

const entrySchema = z.object({
  Node: z.object({ Node: z.string(), Address: z.string().default('') }),
  Service: z.object({
    ID: z.string().default('a service'),
    Address: z.string().default(''),
    Port: z.number(),
    Meta: z.record(z.string(), z.unknown()).nullish(),
    Weights: z.object({ Passing: z.number() }).nullish(),
  }),
});

export function createConsulSource({ discovery, fallbackPort, clock }: ConsulOptions): Source {
  const { wait, token } = discovery;
  const where = `consul at ${new URL(discovery.consul_url).host}`;
  const headers = token === undefined ? {} : { 'x-consul-token': token };
  let index: number | undefined;
  const ask = async (signal: AbortSignal): Promise<Answer> => {
    const url = urlOf(discovery, index);
    // Whatever comes of it, an index that led nowhere is not used again.
    index = undefined;
    const deadlineMs = wait * 1_000 * (1 + 1 / 16) + spareMs;
    const {
      status,
      headers: given,
      value,
    } = await askOutside(where, signal, () => getJson({ url, headers, deadlineMs, clock, signal }));
    if (status !== 200) throw new SourceError(`${where}: status ${status}`);
    if (!Array.isArray(value)) throw new SourceError(`${where}: no list of instances`);
    index = nextIndex(url, given['x-consul-index']);
    return { ...sortOut(value.map(toCandidate), fallbackPort), againInMs: pauseMs };
  };
  return { method: 'consul', intervalMs: retryCapMs, ask };
}

function urlOf(
  { consul_url, service_name, tags, datacenter, wait }: ConsulDiscovery,
  index: number | undefined,
): URL {
  const url = new URL(`/v1/health/service/${encodeURIComponent(service_name)}`, consul_url);
  url.searchParams.set('passing', '1');
  for (const tag of tags) url.searchParams.append('tag', tag);
  if (datacenter !== undefined) url.searchParams.set('dc', datacenter);
  if (index !== undefined) {
    url.searchParams.set('index', String(index));
    url.searchParams.set('wait', `${Math.round(wait * 1_000)}ms`);
  }
  return url;
}

/** As Consul's manual asks: one that went backwards starts anew, and 0 would not wait. */
function nextIndex(url: URL, given: string | readonly string[] | undefined): number | undefined {
  const next = Number(given);
  if (!Number.isSafeInteger(next) || next < 1) return undefined;
  return next < Number(url.searchParams.get('index') ?? 0) ? undefined : next;
}

function toCandidate(value: unknown): Candidate {
  const parsed = entrySchema.safeParse(value);
  if (!parsed.success) return { node: 'an instance', fields: {} };
  const { Node, Service } = parsed.data;
  return {
    node: Service.ID,
    fields: {
      host: Service.Address || Node.Address,
      port: Service.Port || undefined,
      name: Node.Node,
      labels: Service.Meta ?? {},
      ...weightOf(Service.Weights?.Passing),
    },
  };
}

/** Consul gives 1 to whoever asked for nothing, and knows larger ones than HAProxy. */
function weightOf(passing: number | undefined): { readonly weight?: number } {
  if (passing === undefined || passing === 1) return {};
  return { weight: Math.min(passing, maxWeight) };
}
