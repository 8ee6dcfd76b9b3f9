/** The read-only HTTP API on loopback: `GET /health`, `GET /status`. */
import { createServer, type Server } from 'node:http';

export interface ApiOptions {
  readonly port: number;
  /** Path → what it answers, as JSON. */
  readonly routes: ReadonlyMap<string, () => Promise<unknown>>;
}

/** One idle client must not keep the process or other clients waiting. */
const timeoutMs = 5_000;

/** Rejects when the port is taken. */
export async function startApi({ port, routes }: ApiOptions): Promise<Server> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const route = routes.get(pathname);
    const reply = (status: number, body: unknown): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(request.method === 'HEAD' ? undefined : `${JSON.stringify(body)}\n`);
    };
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return reply(405, { error: 'this API is read-only' });
    }
    if (route === undefined) return reply(404, { error: 'not found', paths: [...routes.keys()] });
    route().then(
      (body) => reply(200, body),
      (error: unknown) => reply(500, { error: String(error) }),
    );
  });
  server.requestTimeout = timeoutMs;
  server.headersTimeout = timeoutMs;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return server;
}

export function stopApi(server: Server): Promise<void> {
  server.closeAllConnections();
  return new Promise((resolve) => server.close(() => resolve()));
}
