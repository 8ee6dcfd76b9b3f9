import { createServer } from 'node:http';
import { portOf } from './free-ports.ts';

/** A service with `/health`, whose answer a test decides. */
export interface HealthServer {
  readonly port: number;
  /** Requests so far. */
  readonly requests: number;
  respond(status: number, body?: string): void;
  /** Takes requests and never answers. */
  hang(): void;
  close(): Promise<void>;
}

export async function startHealthServer(): Promise<HealthServer> {
  let answer: { readonly status: number; readonly body: string } | undefined = {
    status: 200,
    body: 'ok',
  };
  let requests = 0;
  const server = createServer((_request, response) => {
    requests += 1;
    if (answer) response.writeHead(answer.status).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    get requests() {
      return requests;
    },
    respond: (status, body = '') => {
      answer = { status, body };
    },
    hang: () => {
      answer = undefined;
    },
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}
