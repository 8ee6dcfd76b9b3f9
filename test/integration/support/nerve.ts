/** nerve on a host, asked with curl as an operator does. */
import { expect } from 'chai';
import { shellQuote } from '../../../infra/components/shell.ts';
import type { Hosts } from './hosts.ts';
import { eventually } from './poll.ts';
import { mainPid } from './probes.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** What curl gets; `args` end with the URL. */
export async function curl(hosts: Hosts, host: string, args: readonly string[]): Promise<Answer> {
  const words = ['curl', '-sS', '-m', '10', '-w', '\n%{http_code}', ...args];
  const output = await hosts.run(host, words.map(shellQuote).join(' '));
  const end = output.lastIndexOf('\n');
  return { status: Number(output.slice(end + 1)), body: output.slice(0, Math.max(0, end)) };
}

/** Over the Unix socket; fails with nerve's own words. */
export async function tellNerve(
  hosts: Hosts,
  host: string,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: object,
): Promise<string> {
  const data = body === undefined ? [] : ['-d', JSON.stringify(body)];
  const answer = await curl(hosts, host, [
    ...['--unix-socket', '/run/smartstack/nerve.sock', '-X', method],
    ...data,
    `http://nerve${path}`,
  ]);
  if (answer.status < 300) return answer.body;
  throw new Error(`${method} ${path} on ${host}: ${answer.status} ${answer.body}`);
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
