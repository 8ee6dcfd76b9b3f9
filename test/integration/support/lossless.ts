import { expect } from 'chai';
import { measured, type Session } from './session.ts';
import { type Connections, failures, type Request, startTraffic } from './traffic.ts';

/** For each host and way to connect. */
const perSecond = 20;

export interface SentRequest extends Request {
  /** The host that asked. */
  readonly from: string;
}

export interface LosslessOptions {
  /** Every consumer of the service by default. */
  readonly from?: readonly string[];
  /** Fresh ones by default. */
  readonly connections?: readonly Connections[];
}

/** Requests that have ended so far. */
export type SoFar = () => readonly SentRequest[];

/**
 * Runs a drill while every host asks a service for `/ping`; fails when one request does.
 * Resolves to all requests.
 */
export async function losesNothing(
  { hosts, outputs }: Session,
  service: string,
  drill: (soFar: SoFar) => Promise<void>,
  { from, connections = ['fresh'] }: LosslessOptions = {},
): Promise<readonly SentRequest[]> {
  const { consumers = [], localPort } = outputs.services[service] ?? {};
  const url = `http://127.0.0.1:${localPort}/ping`;
  const flows = (from ?? consumers).flatMap((host) =>
    connections.map((kind) => ({ host, traffic: startTraffic(hosts, host, url, perSecond, kind) })),
  );
  const soFar: SoFar = () =>
    flows.flatMap(({ host, traffic }) => traffic.requests.map((one) => ({ ...one, from: host })));
  try {
    await drill(soFar);
  } finally {
    await Promise.all(flows.map(({ traffic }) => traffic.stop()));
    measured('requests sent and failed', `${soFar().length}, ${failures(soFar()).length}`);
  }
  expect(soFar()).to.not.be.empty;
  expect(failures(soFar())).to.deep.equal([]);
  return soFar();
}

/** The last `count` that began. */
export function lastOf(requests: readonly SentRequest[], count: number): readonly SentRequest[] {
  return requests.toSorted((a, b) => a.at - b.at).slice(-count);
}

/** Instances that answered requests of these hosts. */
export function answering(
  requests: readonly SentRequest[],
  from: readonly string[],
): readonly string[] {
  const own = requests.filter((one) => from.includes(one.from));
  return [...new Set(own.map(({ instance }) => instance))].sort();
}
