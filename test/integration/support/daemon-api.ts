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
  const output = await hosts.run(host, curlCommand(['-w', '\n%{http_code}', ...args]));
  const end = output.lastIndexOf('\n');
  return { status: Number(output.slice(end + 1)), body: output.slice(0, Math.max(0, end)) };
}

/**
 * What tells a daemon something over its Unix socket, for a script on its host: it prints the
 * daemon's words, and fails unless the daemon agrees.
 */
export function telling(
  daemon: 'nerve' | 'synapse',
  method: Method,
  path: string,
  body?: object,
): string {
  const data = body === undefined ? [] : ['-d', JSON.stringify(body)];
  const socket = `/run/smartstack/${daemon}.sock`;
  const how = ['--fail-with-body', '--unix-socket', socket, '-X', method];
  return curlCommand([...how, ...data, `http://${daemon}${path}`]);
}

/** The daemon's answer; fails with the daemon's own words. */
export function tellDaemon(
  hosts: Hosts,
  host: string,
  ...words: Parameters<typeof telling>
): Promise<string> {
  return hosts.run(host, telling(...words));
}

function curlCommand(args: readonly string[]): string {
  return ['curl', '-sS', '-m', '10', ...args].map(shellQuote).join(' ');
}
