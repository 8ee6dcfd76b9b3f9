import { randomInt } from 'node:crypto';
import { createServer, type Server } from 'node:net';

/**
 * Below those that a system hands out by itself (Linux from 32768 on, macOS from 49152): no
 * connection and no other test takes one between here and the server that is to listen there.
 */
const range = { first: 10_000, end: 32_768 };
/** Somebody is about to listen there. */
const given = new Set<number>();

/** Loopback ports that nobody listens on, and that were given to nobody else in this process. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers: Server[] = [];
  while (servers.length < count) {
    const port = randomInt(range.first, range.end);
    const server = given.has(port) ? undefined : await listen(port);
    if (server !== undefined) servers.push(server);
    given.add(port);
  }
  const ports = servers.map(portOf);
  await Promise.all(servers.map(close));
  return ports;
}

export async function freePort(): Promise<number> {
  const [port = 0] = await freePorts(1);
  return port;
}

export function portOf(server: Server): number {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not listening');
  return address.port;
}

/** `undefined` when the port is taken. */
function listen(port: number): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error) => {
      if ('code' in error && error.code === 'EADDRINUSE') resolve(undefined);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
