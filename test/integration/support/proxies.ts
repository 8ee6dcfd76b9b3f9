/** What the proxies of all consumers hold of a service. */
import { expect } from 'chai';
import { haproxyWorker, serversUp } from './probes.ts';
import type { Session } from './session.ts';

/** Names of the servers of instances on these hosts. */
export function serverNames(
  { outputs, hosts }: Session,
  service: string,
  instances: readonly string[],
): readonly string[] {
  const { port } = outputs.services[service] ?? {};
  return instances.map((name) => `${name}_${hosts.address(name)}:${port}`).sort();
}

/** Fails unless exactly these servers take traffic, in the proxy of every consumer. */
export async function expectServersUp(
  { outputs, hosts }: Session,
  service: string,
  names: readonly string[],
): Promise<void> {
  const consumers = outputs.services[service]?.consumers ?? [];
  const up = await Promise.all(consumers.map((consumer) => serversUp(hosts, consumer, service)));
  expect(up).to.deep.equal(consumers.map(() => [...names].sort()));
}

/** Fails unless exactly the instances on these hosts take traffic, in every proxy. */
export function expectInstancesUp(
  session: Session,
  service: string,
  instances: readonly string[],
): Promise<void> {
  return expectServersUp(session, service, serverNames(session, service, instances));
}

/** HAProxy's workers at all consumers: other ones after a reload. */
export async function workers(
  { outputs, hosts }: Session,
  service: string,
): Promise<readonly string[]> {
  const { consumers = [] } = outputs.services[service] ?? {};
  return await Promise.all(consumers.map((consumer) => haproxyWorker(hosts, consumer)));
}
