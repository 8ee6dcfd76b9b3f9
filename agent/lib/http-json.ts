/** Asks an HTTP API for JSON: one request, bounded in time and size. */
import http, { type ClientRequest, type IncomingHttpHeaders } from 'node:http';
import https from 'node:https';
import type { Clock } from './clock.ts';
import { withDeadline } from './deadline.ts';
import { linkAbort } from './linked-abort.ts';
import { parseJson } from './parse-json.ts';
import { readAnswer } from './read-answer.ts';

export interface JsonRequest {
  readonly url: URL;
  /** The server listens on a Unix socket; the URL gives path and host header. */
  readonly socketPath?: string | undefined;
  /** PEM: whom to trust instead of the usual authorities, and who asks. For URLs of `https`. */
  readonly tls?: { readonly ca: Buffer; readonly cert: Buffer; readonly key: Buffer } | undefined;
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
    request.end();
    const answer = withDeadline(readAnswer(request, maxBodyBytes), { ms, clock, signal });
    const { status, headers, text } = await answer;
    return { status, headers, value: parseJson(text) };
  } finally {
    exchange.abort();
    request.destroy();
  }
}

function open({ url, socketPath, headers, tls }: JsonRequest, signal: AbortSignal): ClientRequest {
  const options = { agent: false, headers: { accept: 'application/json', ...headers }, signal };
  return url.protocol === 'https:'
    ? https.request(url, { ...options, ...tls })
    : http.request(url, socketPath === undefined ? options : { ...options, socketPath });
}
