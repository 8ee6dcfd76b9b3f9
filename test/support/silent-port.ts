/** A port that answers no attempt to connect, as that of a host that is off. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { eventually } from './eventually.ts';
import { killAtExit } from './kill-at-exit.ts';

export interface SilentPort {
  readonly port: number;
  stop(): Promise<void>;
}

/** With room for one connection that nobody takes, and that one there. */
const program = `
  const server = require('node:net').createServer();
  server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
    console.log(server.address().port);
    process.kill(process.pid, 'SIGSTOP');
  });
`;

export async function startSilent(): Promise<SilentPort> {
  const child = spawn(process.execPath, ['-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  killAtExit(child);
  const [line] = await once(child.stdout, 'data');
  const port = Number(line);
  const sockets: ReturnType<typeof connect>[] = [];
  await eventually(async () => {
    const socket = connect(port, '127.0.0.1').on('error', () => undefined);
    sockets.push(socket);
    const isTaken = await Promise.race([
      once(socket, 'connect').then(() => true),
      new Promise<boolean>((resolve) => setTimeout(resolve, 200, false)),
    ]);
    if (isTaken) throw new Error('it still takes connections');
  });
  return {
    port,
    stop: async () => {
      for (const socket of sockets) socket.destroy();
      child.kill('SIGKILL');
      await once(child, 'exit');
    },
  };
}
