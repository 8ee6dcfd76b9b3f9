import { createServer } from 'node:http';
import { portOf } from '../../support/free-ports.ts';

/** A service whose health the bench decides, and that knows when it showed it. */
export interface FlipBackend {
  readonly port: number;
  fail(): void;
  /** Resolves to when it answered its next request with 200, on the clock of `performance`. */
  pass(): Promise<number>;
  close(): void;
}

export async function startFlipBackend(): Promise<FlipBackend> {
  let passing = true;
  let onAnswer: ((atMs: number) => void) | undefined;
  const server = createServer((_request, response) => {
    response.writeHead(passing ? 200 : 503).end();
    if (!passing) return;
    onAnswer?.(performance.now());
    onAnswer = undefined;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: portOf(server),
    fail: () => {
      passing = false;
    },
    pass: () => {
      passing = true;
      return new Promise((resolve) => {
        onAnswer = resolve;
      });
    },
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
