import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { type CheckResult, failed, passed } from './check.ts';
import type { HttpCheckDefinition } from './definition.ts';

/** How much of a body is looked through for the expected text. */
const maxBodyBytes = 1 << 20;

/**
 * One GET on a connection of its own. Passes on a status from 200 to 399, as in the original and
 * in HAProxy, and, where `expect` is given, if the body contains it. Follows no redirect.
 */
export async function checkHttp(
  definition: HttpCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const request = open(definition, signal);
  const timers = limitPhases(request, definition);
  try {
    const response = await answerOf(request);
    const body = await readBody(response, definition.expect !== undefined);
    return judge(definition, response.statusCode ?? 0, body);
  } finally {
    for (const timer of timers) clearTimeout(timer);
    request.destroy();
  }
}

function judge({ expect }: HttpCheckDefinition, status: number, body: string): CheckResult {
  if (status < 200 || status >= 400) return failed(`status ${status}`);
  if (expect !== undefined && !body.includes(expect)) {
    return failed(`status ${status}, and the body does not contain the expected text`);
  }
  return passed;
}

function open(definition: HttpCheckDefinition, signal: AbortSignal): ClientRequest {
  const { host, port, uri: path, headers, tlsTimeoutMs } = definition;
  const options = { host, port, path, headers, signal, agent: false } as const;
  // The certificate is not verified, as in the original.
  const request =
    tlsTimeoutMs === undefined
      ? http.get(options)
      : https.get({ ...options, rejectUnauthorized: false });
  // Errors after the answer are seen where the body is read.
  request.on('error', () => undefined);
  return request;
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

/** Each phase has its limit; that of the whole check is its caller's. */
function limitPhases(
  request: ClientRequest,
  { connectTimeoutMs, tlsTimeoutMs, responseTimeoutMs }: HttpCheckDefinition,
): Iterable<NodeJS.Timeout> {
  const timers = new Set<NodeJS.Timeout>();
  const limit = (ms: number, phase: string): NodeJS.Timeout => {
    const expire = (): unknown =>
      request.destroy(new Error(`${phase} not finished within ${Math.round(ms)} ms`));
    const timer = setTimeout(expire, ms);
    timers.add(timer);
    return timer;
  };
  const connecting = limit(connectTimeoutMs, 'connection');
  request.once('socket', (socket: Socket) => {
    socket.once('connect', () => {
      clearTimeout(connecting);
      if (tlsTimeoutMs === undefined) limit(responseTimeoutMs, 'response');
      else {
        const shakingHands = limit(tlsTimeoutMs, 'TLS handshake');
        socket.once('secureConnect', () => {
          clearTimeout(shakingHands);
          limit(responseTimeoutMs, 'response');
        });
      }
    });
  });
  return timers;
}
