/** One HTTP server on many loopback addresses: it answers with the address that was asked. */
import { Agent, createServer, get, type Server } from 'node:http';
import { portOf } from '../../support/free-ports.ts';

export interface Answering {
  readonly port: number;
  close(): void;
}

export async function startAnswering(addresses: readonly string[]): Promise<Answering> {
  let port = 0;
  const servers: Server[] = [];
  for (const address of addresses) {
    const server = createServer(({ socket }, response) => {
      // HAProxy 2.6 cannot delete a server before the last idle connection to it is closed.
      response.writeHead(200, { connection: 'close' }).end(socket.localAddress);
    });
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, address, resolve);
    });
    port = portOf(server);
    servers.push(server);
  }
  return {
    port,
    close: () => {
      for (const server of servers) server.close();
    },
  };
}

export interface Asker {
  /** Asks again and again; resolves to when `address` answered, on the clock of `performance`. */
  untilAnsweredBy(port: number, address: string): Promise<number>;
  close(): void;
}

const patienceMs = 10_000;

/** One connection to each port, which stays. */
export function createAsker(): Asker {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  return {
    untilAnsweredBy: async (port, address) => {
      const endMs = performance.now() + patienceMs;
      for (;;) {
        const answer = await ask(agent, port);
        const nowMs = performance.now();
        if (answer === address) return nowMs;
        if (nowMs > endMs) throw new Error(`${address} never answered; the last one: ${answer}`);
      }
    },
    close: () => agent.destroy(),
  };
}

function ask(agent: Agent, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host: '127.0.0.1', port, agent }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.on('end', () => resolve(text)).on('error', reject);
    });
    request.on('error', reject);
  });
}
