/** Servers behind local ports that can be told to misbehave, each in a way of its own. */
import { once } from 'node:events';
import { createServer as createHttpServer, type ServerResponse } from 'node:http';
import { createServer, type Server, type Socket } from 'node:net';
import { portOf } from '../../../support/free-ports.ts';

export type Behaviour = 'answer' | 'stall' | 'reset' | 'end' | 'cut' | 'refuse with 503' | 'babble';

export interface FickleServer {
  readonly port: number;
  behave(behaviour: Behaviour): void;
  /** Open now. */
  connections(): number;
  stop(): Promise<void>;
}

/** Names its instance in `x-instance`; what stalled is answered with the next change. */
export async function startFickleHttp(instance: string): Promise<FickleServer> {
  let behaviour: Behaviour = 'answer';
  const stalled: (() => void)[] = [];
  const answer = (response: ServerResponse): void => {
    const { socket } = response;
    const act: Readonly<Record<Behaviour, () => void>> = {
      answer: () => response.setHeader('x-instance', instance).end('pong\n'),
      stall: () => stalled.push(() => answer(response)),
      reset: () => socket?.resetAndDestroy(),
      end: () => socket?.end(),
      cut: () =>
        response.writeHead(200, { 'content-length': 100 }).write('half', () => socket?.end()),
      'refuse with 503': () => response.writeHead(503).end(),
      babble: () => socket?.end('good day\r\n\r\n'),
    };
    act[behaviour]();
  };
  const server = createHttpServer((_request, response) => answer(response));
  return listening(server, (next) => {
    behaviour = next;
    for (const go of stalled.splice(0)) go();
  });
}

/** Answers each line with its instance's name and the line. */
export async function startFickleEcho(instance: string): Promise<FickleServer> {
  let behaviour: Behaviour = 'answer';
  const stalled: (() => void)[] = [];
  const answer = (socket: Socket, line: string): void => {
    const act: Readonly<Record<Behaviour, () => void>> = {
      answer: () => socket.write(`${instance} ${line}\n`),
      stall: () => stalled.push(() => answer(socket, line)),
      reset: () => socket.resetAndDestroy(),
      end: () => socket.end(),
      cut: () => socket.end(instance),
      'refuse with 503': () => socket.write('503\n'),
      babble: () => socket.write(`${instance} what?\n`),
    };
    act[behaviour]();
  };
  const server = createServer((socket) => {
    socket.on('error', () => {}).setEncoding('utf8');
    // Lines are short: none comes in two pieces over loopback.
    socket.on('data', (text: string) => {
      for (const line of text.trimEnd().split('\n')) answer(socket, line);
    });
  });
  return listening(server, (next) => {
    behaviour = next;
    for (const go of stalled.splice(0)) go();
  });
}

async function listening(
  server: Server,
  behave: (behaviour: Behaviour) => void,
): Promise<FickleServer> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server),
    behave,
    connections: () => sockets.size,
    stop: async () => {
      server.close();
      for (const socket of sockets) socket.destroy();
      await once(server, 'close');
    },
  };
}
