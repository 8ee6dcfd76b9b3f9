/** An HTTP server of which a test says what it answers, for APIs of platforms that are too large. */
import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { portOf } from './free-ports.ts';

export interface FakeAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Anything but text is sent as JSON. */
  readonly body: unknown;
}

export type FakeBehaviour =
  | FakeAnswer
  /** Accepts requests, and says nothing. */
  | 'silence'
  /** Cuts connections off. */
  | 'cut'
  /** Sends a body without end. */
  | 'flood'
  /** Decides for each request; one that it keeps waits. */
  | ((request: IncomingMessage) => FakeAnswer | Promise<FakeAnswer>);

export interface FakeApi {
  readonly url: string;
  readonly port: number;
  /** In order, as path and query. */
  readonly requests: readonly string[];
  /** Of the last request. */
  readonly headers: IncomingMessage['headers'];
  respond(behaviour: FakeBehaviour): void;
  stop(): Promise<void>;
}

export interface FakeApiOptions {
  /** A loopback address other than 127.0.0.1. */
  readonly host?: string;
  /** Listens on this Unix socket instead of a port. */
  readonly socketPath?: string;
  /** Over TLS, and for those alone whom `ca` vouches for. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer; readonly ca: Buffer };
}

export async function startFakeApi(
  first: FakeBehaviour,
  { host = '127.0.0.1', socketPath, tls }: FakeApiOptions = {},
): Promise<FakeApi> {
  let behaviour = first;
  const requests: string[] = [];
  let headers: IncomingMessage['headers'] = {};
  const listener: RequestListener = (request, response) => {
    requests.push(request.url ?? '');
    headers = request.headers;
    response.on('error', () => undefined);
    behave(behaviour, request, response).catch(() => response.destroy());
  };
  const server =
    tls === undefined
      ? createServer(listener)
      : createTlsServer({ ...tls, requestCert: true, rejectUnauthorized: true }, listener);
  if (socketPath === undefined) server.listen(0, host);
  else server.listen(socketPath);
  await once(server, 'listening');
  const port = socketPath === undefined ? portOf(server) : 0;
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host}:${port}`,
    port,
    requests,
    get headers() {
      return headers;
    },
    respond: (next) => {
      behaviour = next;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function behave(
  behaviour: FakeBehaviour,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (behaviour === 'silence') return;
  if (behaviour === 'cut') {
    response.destroy();
    return;
  }
  if (behaviour === 'flood') {
    const pour = (): void => {
      while (!response.destroyed && response.write(Buffer.alloc(1 << 16, '[')));
    };
    response.on('drain', pour);
    pour();
    return;
  }
  const answer = typeof behaviour === 'function' ? await behaviour(request) : behaviour;
  const { status = 200, headers = {}, body } = answer;
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}
