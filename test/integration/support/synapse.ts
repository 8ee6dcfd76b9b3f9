/** synapse on a host, asked with curl as an operator does. */
import { expect } from 'chai';
import { z } from 'zod';
import { parsePrometheus } from '../../support/prometheus-text.ts';
import { curl, type Method, tellDaemon } from './daemon-api.ts';
import type { Hosts } from './hosts.ts';
import { eventually } from './poll.ts';
import { mainPid } from './probes.ts';
import type { Session } from './session.ts';

const spell = z.object({ until: z.string().nullable() });

/** Of what synapse shows, what the claims are about. */
const shownService = z.object({
  source: z.string(),
  guarded: z.number(),
  rejected: z.array(z.object({ node: z.string() })),
  instances: z.array(
    z.object({
      server: z.string(),
      origin: z.string(),
      guarded: spell.nullable(),
      pinned: spell.nullable(),
      taken_out: spell.extend({ mode: z.string(), reason: z.string() }).nullable(),
      haproxy: z.object({ admin: z.string(), up: z.boolean(), weight: z.number() }).optional(),
    }),
  ),
});

export type ShownService = z.output<typeof shownService>;
export type ShownInstance = ShownService['instances'][number];

/** Over the Unix socket; fails with synapse's own words. */
export function tellSynapse(
  hosts: Hosts,
  host: string,
  method: Method,
  path: string,
  body?: object,
): Promise<string> {
  return tellDaemon(hosts, host, 'synapse', method, path, body);
}

/** Where the API decides of one instance. */
export function instancePath(service: string, server: string, what: string): string {
  return `/services/${service}/instances/${encodeURIComponent(server)}/${what}`;
}

/** Fails unless the synapses of all consumers hear of every change. */
export async function expectConnected({ outputs, hosts }: Session, service: string): Promise<void> {
  for (const consumer of outputs.services[service]?.consumers ?? []) {
    const health = parse(await tellSynapse(hosts, consumer, 'GET', '/health'));
    expect(health, consumer).to.deep.include({ status: 'ok', registry: 'connected' });
  }
}

/** As `GET /status` on the loopback port has it. */
export async function shown(hosts: Hosts, host: string, service: string): Promise<ShownService> {
  const { body } = await curl(hosts, host, ['http://127.0.0.1:3210/status']);
  const { services } = z.object({ services: z.record(z.string(), z.unknown()) }).parse(parse(body));
  return shownService.parse(services[service]);
}

export async function shownInstance(
  hosts: Hosts,
  host: string,
  service: string,
  server: string,
): Promise<ShownInstance> {
  const { instances } = await shown(hosts, host, service);
  const found = instances.find((one) => one.server === server);
  return found ?? expect.fail(`synapse on ${host} shows no ${server}`);
}

/** Where the synapses of all consumers have the instances of a service from, each word once. */
export async function origins(
  { outputs, hosts }: Session,
  service: string,
): Promise<readonly string[]> {
  const { consumers = [] } = outputs.services[service] ?? {};
  const all = await Promise.all(consumers.map((consumer) => shown(hosts, consumer, service)));
  return [...new Set(all.flatMap(({ instances }) => instances.map(({ origin }) => origin)))].sort();
}

/** Sum of a metric's samples that have these labels. */
export async function metric(
  hosts: Hosts,
  host: string,
  name: string,
  labels: Readonly<Record<string, string>>,
): Promise<number> {
  const { body } = await curl(hosts, host, ['http://127.0.0.1:3210/metrics']);
  return parsePrometheus(body)
    .samples(name)
    .filter((sample) => Object.entries(labels).every(([key, is]) => sample.labels[key] === is))
    .reduce((sum, { value }) => sum + value, 0);
}

/** Gives synapse another process; resolves once that one is ready. */
export async function renewSynapse(
  hosts: Hosts,
  host: string,
  how: (pid: string) => string,
): Promise<void> {
  const pid = await mainPid(hosts, host, 'synapse');
  await hosts.run(host, how(pid));
  await eventually(20_000, async () => {
    expect(await mainPid(hosts, host, 'synapse')).to.not.be.oneOf(['0', pid]);
    await tellSynapse(hosts, host, 'GET', '/ready');
  });
}

function parse(body: string): unknown {
  return JSON.parse(body);
}
