import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { Channel } from './access.ts';
import type { Answer, AnswerRequest } from './answer.ts';

export interface Limits {
  /** For a whole request, and for a client to take its answer; twice as long ones are cut off. */
  readonly timeoutMs: number;
  readonly keepAliveMs: number;
  /** Further ones are closed at once. */
  readonly connections: number;
}

export const defaultLimits: Limits = { timeoutMs: 5_000, keepAliveMs: 5_000, connections: 64 };

/** Bounds what one connection can have under way by sending requests without reading answers. */
const requestsPerConnection = 100;

/** One place where the API listens. */
export interface Listener {
  /** Whether who asks there still finds it. */
  isReachable(): Promise<boolean>;
  /** Cuts what is under way. */
  close(): Promise<void>;
}

export interface TcpListener extends Listener {
  readonly port: number;
}

/** Not listening yet. */
export function createApiServer(answer: AnswerRequest, channel: Channel, limits: Limits): Server {
  const { timeoutMs } = limits;
  const respond: RequestListener = (request, response) => {
    answer(request, channel).then((result) => send(response, result, timeoutMs));
  };
  const server = createServer(
    {
      requestTimeout: timeoutMs,
      headersTimeout: timeoutMs,
      keepAliveTimeout: limits.keepAliveMs,
      // Both time-outs above only count when Node looks, by default every 30 s; it looks for as long
      // as the server listens, asked or not.
      connectionsCheckingInterval: timeoutMs,
    },
    respond,
  );
  server.maxConnections = limits.connections;
  server.maxRequestsPerSocket = requestsPerConnection;
  return server;
}

/** On 127.0.0.1; port 0 takes any free one. Rejects when the port is taken. */
export async function listenOnPort(server: Server, port: number): Promise<TcpListener> {
  await listening(server, () => server.listen(port, '127.0.0.1'));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    isReachable: () => Promise.resolve(true),
    close: () => closeServer(server),
  };
}

/** Resolves once `server` listens; rejects when it cannot. */
export function listening(server: Server, listen: () => void): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.once('listening', () => {
      server.off('error', reject);
      resolve();
    });
    listen();
  });
}

export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

function send(response: ServerResponse, { status, headers, text }: Answer, timeoutMs: number) {
  const body = Buffer.from(text);
  const length = status === 204 ? {} : { 'content-length': body.length };
  // After a refusal the rest of the request may never come.
  const last = response.req.complete ? {} : { connection: 'close' };
  response.writeHead(status, { ...headers, ...length, ...last });
  // A client that does not read must not hold the answer for ever.
  response.setTimeout(timeoutMs);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
