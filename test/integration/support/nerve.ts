/** nerve on a host, asked with curl as an operator does. */
import { expect } from 'chai';
import { type Method, tellDaemon } from './daemon-api.ts';
import type { Hosts } from './hosts.ts';
import { eventually } from './poll.ts';
import { mainPid } from './probes.ts';

/** Over the Unix socket; fails with nerve's own words. */
export function tellNerve(
  hosts: Hosts,
  host: string,
  method: Method,
  path: string,
  body?: object,
): Promise<string> {
  return tellDaemon(hosts, host, 'nerve', method, path, body);
}

/** Fails unless nerve is connected and the registry says of every service what nerve knows. */
export async function expectNerveReady(hosts: Hosts, host: string): Promise<void> {
  await tellNerve(hosts, host, 'GET', '/ready');
  const health = JSON.parse(await tellNerve(hosts, host, 'GET', '/health'));
  expect(health, host).to.deep.include({ status: 'ok', registry: 'connected' });
  expect(health.services, host).to.deep.include({ undecided: 0 });
}

/** Does something to nerve that gives it another process; resolves once that one is ready. */
export async function renewNerve(
  hosts: Hosts,
  host: string,
  how: (pid: string) => string,
): Promise<void> {
  const pid = await mainPid(hosts, host, 'nerve');
  await hosts.run(host, how(pid));
  await eventually(20_000, async () => {
    expect(await mainPid(hosts, host, 'nerve')).to.not.be.oneOf(['0', pid]);
    await expectNerveReady(hosts, host);
  });
}
