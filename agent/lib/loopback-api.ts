import { createServer, type IncomingMessage, type Server } from 'node:http';

/** Gives the JSON that a path answers with; a rejection answers 500. */
export type Route = () => unknown;

export interface LoopbackApi {
  readonly port: number;
  close(): Promise<void>;
}

export interface LoopbackApiOptions {
  /** On 127.0.0.1; 0 takes any free one. */
  readonly port: number;
  readonly routes: ReadonlyMap<string, Route>;
}

/** A client that idles or dribbles is cut off. */
const timeoutMs = 5_000;

/** The read-only HTTP API of a daemon. Rejects when the port is taken. */
export async function startLoopbackApi(options: LoopbackApiOptions): Promise<LoopbackApi> {
  const server = createServer((request, response) => {
    answer(request, options.routes).then(({ status, text }) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(request.method === 'HEAD' ? undefined : text);
    });
  });
  server.requestTimeout = timeoutMs;
  server.headersTimeout = timeoutMs;
  server.keepAliveTimeout = timeoutMs;
  await listen(server, options.port);
  return {
    port: portOf(server),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Never rejects, whatever the request line holds. */
async function answer(
  { method, url = '/' }: IncomingMessage,
  routes: ReadonlyMap<string, Route>,
): Promise<Answer> {
  if (method !== 'GET' && method !== 'HEAD') {
    return json(405, { error: 'this API is read-only' });
  }
  const [path = '/'] = url.split('?', 1);
  const route = routes.get(path);
  if (!route) return json(404, { error: 'not found', paths: [...routes.keys()] });
  try {
    return json(200, await route());
  } catch (error) {
    return json(500, { error: String(error) });
  }
}

function json(status: number, body: unknown): Answer {
  return { status, text: `${JSON.stringify(body)}\n` };
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
