/** A port that answers no attempt to connect, as that of a host that is off. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { startChild } from './child-server.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-ports.ts';

export interface SilentPort {
  readonly port: number;
  stop(): Promise<void>;
}

/** With room for few connections, which nobody takes, and those there. */
export async function startSilent(): Promise<SilentPort> {
  const port = await freePort();
  const child = await startChild(`
    require('node:net')
      .createServer()
      .listen({ port: ${port}, host: '127.0.0.1', backlog: 1 }, () => {
        console.log('listening');
        process.kill(process.pid, 'SIGSTOP');
      });`);
  const sockets: Socket[] = [];
  await eventually(async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    const isTaken = await Promise.race([once(socket, 'connect'), sleep(200)]);
    if (isTaken !== undefined) throw new Error('it still takes connections');
  });
  return {
    port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      await child.kill();
    },
  };
}
