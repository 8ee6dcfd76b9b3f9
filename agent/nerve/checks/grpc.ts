import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect,
  type IncomingHttpHeaders,
  type IncomingHttpStatusHeader,
} from 'node:http2';
import net, { isIPv6 } from 'node:net';
import tls from 'node:tls';
import type { CommonCheckDefinition } from './common.ts';
import { decodeStatus, encodeRequest, healthCheckPath } from './grpc-health.ts';
import { type CheckResult, failed, passed } from './result.ts';
import { readTls, type TlsDefinition, type TlsOptions } from './tls.ts';

export interface GrpcCheckDefinition extends CommonCheckDefinition {
  readonly type: 'grpc';
  /** Empty for the server as a whole. */
  readonly service: string;
  readonly tls: TlsDefinition | undefined;
}

interface Answer {
  /** Those before and those after the message. */
  readonly headers: IncomingHttpHeaders & IncomingHttpStatusHeader;
  readonly body: Buffer;
}

const maxAnswerBytes = 4_096;

/**
 * Asks gRPC's standard health service once, on a connection of its own; passes on SERVING.
 *
 * By hand over HTTP/2: the official client cannot be told to let go of a server that accepts its
 * connection and then says nothing.
 * https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md
 */
export async function checkGrpc(
  definition: GrpcCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { host, tls: files } = definition;
  const session = open(definition, files && (await readTls(files, host, signal)), signal);
  try {
    return judge(await Promise.race([ask(session, definition), lossOf(session)]));
  } finally {
    session.destroy();
  }
}

function open(
  { host, port, tls: files }: GrpcCheckDefinition,
  options: TlsOptions | undefined,
  signal: AbortSignal,
): ClientHttp2Session {
  const name = files?.serverName ?? host;
  const authority = `${options ? 'https' : 'http'}://${isIPv6(name) ? `[${name}]` : name}:${port}`;
  const address = { host, port, signal };
  return connect(authority, {
    createConnection: () =>
      options
        ? tls.connect({ ...address, ...options, ALPNProtocols: ['h2'] })
        : net.connect(address),
  });
}

async function ask(
  session: ClientHttp2Session,
  { service, timeoutMs }: GrpcCheckDefinition,
): Promise<Answer> {
  const request = session.request({
    ':method': 'POST',
    ':path': healthCheckPath,
    te: 'trailers',
    'content-type': 'application/grpc',
    'grpc-timeout': `${Math.ceil(timeoutMs)}m`,
  });
  let trailers: IncomingHttpHeaders = {};
  request.on('trailers', (headers) => {
    trailers = headers;
  });
  request.end(encodeRequest(service));
  const [headers]: (IncomingHttpHeaders & IncomingHttpStatusHeader)[] = await once(
    request,
    'response',
  );
  const body = await readBody(request);
  return { headers: { ...headers, ...trailers }, body };
}

async function readBody(request: ClientHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    const data = Buffer.from(chunk);
    bytes += data.length;
    if (bytes > maxAnswerBytes) throw new Error('the answer is no HealthCheckResponse');
    chunks.push(data);
  }
  return Buffer.concat(chunks);
}

function judge({ headers, body }: Answer): CheckResult {
  if (headers[':status'] !== 200) return failed(`HTTP status ${headers[':status']}`);
  const code = headers['grpc-status'];
  if (code === undefined) return failed('the answer is not gRPC');
  if (code !== '0') return failed(`gRPC status ${code}: ${decodeMessage(headers['grpc-message'])}`);
  const status = decodeStatus(body);
  if (status === undefined) return failed('the answer is no HealthCheckResponse');
  return status === 'SERVING' ? passed : failed(`the service says ${status}`);
}

/** Percent-encoded, but for printable ASCII; whoever sends something else is quoted as it is. */
function decodeMessage(message: string | string[] | undefined): string {
  const text = [message ?? 'no message'].flat().join(' ');
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** Rejects when the connection breaks, the check's abort included. */
function lossOf(session: ClientHttp2Session): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  session.on('error', reject);
  session.on('close', () => reject(new Error('connection closed')));
  promise.catch(() => undefined);
  return promise;
}
