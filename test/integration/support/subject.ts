/** Whom a drill is about: one instance of a service, and one proxy that has it. */
import { expect } from 'chai';
import { eventually, soonMs } from './poll.ts';
import { serversUp } from './probes.ts';
import { expectInstancesUp, serverNames } from './proxies.ts';
import type { Session } from './session.ts';

export interface Subject {
  readonly service: string;
  readonly url: string;
  /** Hosts of all instances. */
  readonly instances: readonly string[];
  /** The one that the drill is about, and its server in a proxy. */
  readonly target: string;
  readonly server: string;
  readonly others: readonly string[];
  readonly consumers: readonly string[];
  /** A consumer without an instance, and all others. */
  readonly consumer: string;
  readonly bystanders: readonly string[];
}

/** Once all instances serve. */
export async function findSubject(session: Session, service: string): Promise<Subject> {
  const { on = [], consumers = [], localPort } = session.outputs.services[service] ?? {};
  const [target = '', ...others] = on;
  const [server = ''] = serverNames(session, service, [target]);
  const consumer = consumers.find((host) => !on.includes(host)) ?? '';
  await eventually(soonMs, () => expectInstancesUp(session, service, on));
  return {
    service,
    url: `http://127.0.0.1:${localPort}/ping`,
    instances: on,
    ...{ target, server, others, consumers, consumer },
    bystanders: consumers.filter((host) => host !== consumer),
  };
}

/** Fails unless exactly these instances take traffic, in the proxy of one host. */
export async function expectUpAt(
  session: Session,
  host: string,
  service: string,
  instances: readonly string[],
): Promise<void> {
  const wanted = serverNames(session, service, instances);
  expect(await serversUp(session.hosts, host, service), host).to.deep.equal(wanted);
}

/** Milliseconds since the epoch on a host. */
export async function clockOf({ hosts }: Session, host: string): Promise<number> {
  return Number(await hosts.run(host, 'date +%s%3N'));
}
