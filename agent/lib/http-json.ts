/** Asks an HTTP API for JSON: one request, bounded in time and size. */
import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import http, {
  type ClientRequest,
  type IncomingHttpHeaders,
  type IncomingMessage,
} from 'node:http';
import https from 'node:https';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { linkAbort } from './linked-abort.ts';

export interface JsonRequest {
  readonly url: URL;
  /** The server listens on a Unix socket; the URL gives path and host header. */
  readonly socketPath?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** For the exchange as a whole. */
  readonly deadlineMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

export interface JsonAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** `undefined` where the body is no JSON. */
  readonly value: unknown;
}

const maxBodyBytes = 4 << 20;

/** Rejects with whatever kept the whole answer from coming; follows no redirect. */
export async function getJson(options: JsonRequest): Promise<JsonAnswer> {
  const { deadlineMs: ms, clock, signal } = options;
  const exchange = linkAbort(signal);
  const request = open(options, exchange.signal);
  try {
    return await withDeadline(read(request), { ms, clock, signal });
  } finally {
    exchange.abort();
    request.destroy();
  }
}

function open({ url, socketPath, headers }: JsonRequest, signal: AbortSignal): ClientRequest {
  const options = { agent: false, headers: { accept: 'application/json', ...headers }, signal };
  const request =
    url.protocol === 'https:'
      ? https.request(url, options)
      : http.request(url, socketPath === undefined ? options : { ...options, socketPath });
  // Errors after the answer began are seen where it is read.
  request.on('error', () => undefined);
  return request;
}

async function read(request: ClientRequest): Promise<JsonAnswer> {
  request.end();
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const data = Buffer.from(chunk);
    bytes += data.length;
    if (bytes > maxBodyBytes) throw new Error(`an answer of more than ${maxBodyBytes} bytes`);
    chunks.push(data);
  }
  const { statusCode: status = 0, headers } = response;
  return { status, headers, value: parse(Buffer.concat(chunks)) };
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
