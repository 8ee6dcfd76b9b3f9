/** A small HTTP service that says who answered. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import { portOf } from './free-ports.ts';

export interface TestBackend {
  readonly name: string;
  readonly port: number;
  /** What `/health` answers from now on. */
  setHealthy(healthy: boolean): void;
  /** Requests answered, checks not counted. */
  readonly answered: number;
  stop(): Promise<void>;
}

/** `/slow?ms=N` answers after N ms, everything else at once. */
export async function startBackend(name: string, port = 0): Promise<TestBackend> {
  let healthy = true;
  let answered = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname === '/health') {
      response.writeHead(healthy ? 200 : 503).end();
      return;
    }
    const delayMs = url.pathname === '/slow' ? Number(url.searchParams.get('ms')) : 0;
    setTimeout(() => {
      answered += 1;
      response.end(name);
    }, delayMs);
  });
  // HAProxy 2.6 cannot delete a server before the last idle connection to it is closed.
  server.keepAliveTimeout = 100;
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  return {
    name,
    port: portOf(server),
    setHealthy: (value) => {
      healthy = value;
    },
    get answered() {
      return answered;
    },
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
