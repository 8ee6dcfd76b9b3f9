import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import type { Socket } from 'node:net';
import { causeOf, causeOfStatus } from './cause.ts';
import type { GeneratorFlow, Sender } from './sender.ts';
import { wallMs } from './wall.ts';

/** More connections than this are not kept once a burst is over. */
const kept = 4;

/** `GET` through a local port; nothing is ever tried a second time. */
export function httpSender({ port, path, giveUpMs }: GeneratorFlow, keepAlive: boolean): Sender {
  const agent = new Agent({ keepAlive, maxFreeSockets: kept });
  const opened = new WeakMap<Socket, number>();
  return {
    send: (done) => {
      let connectedMs: number | undefined;
      const call = request({ host: '127.0.0.1', port, path, agent });
      const end = once((instance: string, cause: string) => {
        clearTimeout(patience);
        done({ instance, cause, connectedMs });
      });
      const patience = setTimeout(() => {
        end('', 'timeout');
        call.destroy();
      }, giveUpMs);
      noteConnection(call, opened, (atMs) => {
        connectedMs = atMs;
      });
      call.once('response', (answer) => readAnswer(answer, end));
      // Stays: giving up makes a late error of its own.
      call.on('error', (error) => end('', causeOf(error)));
      call.end();
    },
    close: () => agent.destroy(),
  };
}

function readAnswer(answer: IncomingMessage, end: (instance: string, cause: string) => void): void {
  const instance = answer.headers['x-instance'];
  answer.on('error', () => end('', 'cut short'));
  answer.once('end', () => {
    const cause = causeOfStatus(answer.statusCode);
    end(typeof instance === 'string' ? instance : '', cause);
  });
  answer.resume();
}

function noteConnection(
  call: ClientRequest,
  opened: WeakMap<Socket, number>,
  tell: (atMs: number) => void,
): void {
  call.once('socket', (socket) => {
    const atMs = opened.get(socket) ?? wallMs();
    opened.set(socket, atMs);
    if (socket.connecting) socket.once('connect', () => tell(atMs));
    else tell(atMs);
  });
}

function once(act: (instance: string, cause: string) => void): typeof act {
  let over = false;
  return (instance, cause) => {
    if (!over) act(instance, cause);
    over = true;
  };
}
