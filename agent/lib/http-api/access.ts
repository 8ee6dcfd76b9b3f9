import type { IncomingMessage } from 'node:http';
import { ApiError, type Method } from './endpoint.ts';

/** How a request came: who may reach the Unix socket is the file system's business. */
export type Channel =
  | { readonly kind: 'tcp'; readonly socketPath: string | null }
  | { readonly kind: 'unix' };

const loopbackHost = /^(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/i;

/**
 * A page in a browser of this host can send requests to 127.0.0.1. One whose name resolves to it
 * (DNS rebinding) could even read the answers, but its requests carry that name. Throws a 403.
 */
export function requireLoopbackName({ headers }: IncomingMessage, channel: Channel): void {
  const { host } = headers;
  // Only programs, never browsers, leave the header out (HTTP/1.0).
  if (channel.kind === 'unix' || host === undefined || loopbackHost.test(host)) return;
  throw new ApiError(403, 'this API answers to localhost and 127.0.0.1 only');
}

/** Changes are for the Unix socket, and never for a page in a browser. Throws a 403. */
export function requireRight({ headers }: IncomingMessage, method: Method, channel: Channel): void {
  if (method === 'GET') return;
  if (headers.origin !== undefined) throw new ApiError(403, 'web pages may change nothing here');
  if (channel.kind === 'unix') return;
  const where = channel.socketPath === null ? '' : ` ${channel.socketPath}`;
  throw new ApiError(403, `read-only; changes go over the Unix socket${where}`);
}
