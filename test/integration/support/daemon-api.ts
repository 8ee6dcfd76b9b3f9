/** The API of nerve or synapse on a host, asked with curl as an operator does. */
import { shellQuote } from '../../../infra/components/shell.ts';
import type { Hosts } from './hosts.ts';

export interface Answer {
  readonly status: number;
  readonly body: string;
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** What curl gets; `args` end with the URL. */
export async function curl(hosts: Hosts, host: string, args: readonly string[]): Promise<Answer> {
  const words = ['curl', '-sS', '-m', '10', '-w', '\n%{http_code}', ...args];
  const output = await hosts.run(host, words.map(shellQuote).join(' '));
  const end = output.lastIndexOf('\n');
  return { status: Number(output.slice(end + 1)), body: output.slice(0, Math.max(0, end)) };
}

/** Over the Unix socket; fails with the daemon's own words. */
export async function tellDaemon(
  hosts: Hosts,
  host: string,
  daemon: 'nerve' | 'synapse',
  method: Method,
  path: string,
  body?: object,
): Promise<string> {
  const data = body === undefined ? [] : ['-d', JSON.stringify(body)];
  const answer = await curl(hosts, host, [
    ...['--unix-socket', `/run/smartstack/${daemon}.sock`, '-X', method],
    ...data,
    `http://${daemon}${path}`,
  ]);
  if (answer.status < 300) return answer.body;
  throw new Error(`${method} ${path} on ${host}: ${answer.status} ${answer.body}`);
}
