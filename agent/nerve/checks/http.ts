import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { HttpCheckDefinition } from './http-definition.ts';
import { limitPhases } from './http-phases.ts';
import { askStatus } from './http-status.ts';
import { type CheckResult, failed, passed } from './result.ts';
import { readTls, type TlsOptions } from './tls.ts';

/** How much of a body is looked through for the expected text. */
const maxBodyBytes = 1 << 20;

/**
 * One request on a connection of its own. Passes on a status from 200 to 399 unless told otherwise,
 * as in the original and in HAProxy, and, where `expect` is given, if the body contains it. Follows
 * no redirect.
 */
export async function checkHttp(
  definition: HttpCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { host, tls, body, expect } = definition;
  if (tls === undefined && expect === undefined) {
    return judge(definition, await askStatus(definition, signal), '');
  }
  const secured = tls && (await readTls(tls, host, signal));
  const request = await open(definition, secured, signal);
  const timer = limitPhases(request, definition);
  try {
    request.end(body);
    const response = await answerOf(request);
    const text = await readBody(response, expect !== undefined);
    return judge(definition, response.statusCode ?? 0, text);
  } finally {
    timer.end();
    request.destroy();
  }
}

function judge(
  { statuses, expect }: HttpCheckDefinition,
  status: number,
  body: string,
): CheckResult {
  if (!statuses.some(({ low, high }) => status >= low && status <= high)) {
    return failed(`status ${status}`);
  }
  if (expect !== undefined && !body.includes(expect)) {
    return failed(`status ${status}, and the body does not contain the expected text`);
  }
  return passed;
}

async function open(
  { host, port, method, uri: path, headers, body }: HttpCheckDefinition,
  tls: TlsOptions | undefined,
  signal: AbortSignal,
): Promise<ClientRequest> {
  // Node gives no length of its own to the body of a GET.
  const length = body === undefined ? {} : { 'content-length': Buffer.byteLength(body) };
  const options = {
    ...{ host, port, method, path, signal, agent: false },
    headers: { ...length, ...headers },
  };
  const request = tls ? await requestOverTls({ ...options, ...tls }) : http.request(options);
  // Errors after the answer are seen where the body is read.
  request.on('error', () => undefined);
  return request;
}

/** Loaded when first used: TLS takes 5 MiB. */
async function requestOverTls(options: RequestOptions): Promise<ClientRequest> {
  const { request } = await import('node:https');
  return request(options);
}

async function answerOf(request: ClientRequest): Promise<IncomingMessage> {
  const [response]: IncomingMessage[] = await once(request, 'response');
  if (response === undefined) throw new Error('no response');
  return response;
}

async function readBody(response: IncomingMessage, keep: boolean): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    const data = Buffer.from(chunk);
    bytes += data.length;
    if (keep) chunks.push(data);
    if (keep && bytes > maxBodyBytes) break;
  }
  return Buffer.concat(chunks).toString();
}
