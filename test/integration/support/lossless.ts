import { expect } from 'chai';
import { measured, type Session } from './session.ts';
import { failures, type Request, startTraffic } from './traffic.ts';

const perSecond = 20;

/**
 * Runs a drill while every host asks a service for `/ping`; fails when one request does.
 * Resolves to all requests.
 */
export async function losesNothing(
  { hosts, outputs }: Session,
  service: string,
  drill: () => Promise<void>,
): Promise<readonly Request[]> {
  const { consumers = [], localPort } = outputs.services[service] ?? {};
  const url = `http://127.0.0.1:${localPort}/ping`;
  const traffic = consumers.map((host) => startTraffic(hosts, host, url, perSecond));
  let requests: readonly Request[] = [];
  try {
    await drill();
  } finally {
    requests = (await Promise.all(traffic.map((one) => one.stop()))).flat();
    measured('requests sent and failed', `${requests.length}, ${failures(requests).length}`);
  }
  expect(requests).to.not.be.empty;
  expect(failures(requests)).to.deep.equal([]);
  return requests;
}
