/** Stands in front of HAProxy's runtime socket for a while, and cuts connections as told. */
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';

export interface FlakySocket {
  readonly cuts: number;
  /** HAProxy is behind its path again. */
  remove(): Promise<void>;
}

/** At once, after the command has gone through, or not at all. */
export type Mood = 'refuse' | 'lose-answer' | 'relay';

export async function makeFlaky(path: string, moodOfNext: () => Mood): Promise<FlakySocket> {
  const real = `${path}.real`;
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const mood = moodOfNext();
    if (mood !== 'relay') cuts += 1;
    if (mood === 'refuse') return client.destroy();
    const haproxy = connect(real);
    for (const socket of [client, haproxy]) {
      open.add(socket);
      socket.on('error', () => undefined);
      socket.on('close', () => {
        open.delete(socket);
        client.destroy();
        haproxy.destroy();
      });
    }
    client.pipe(haproxy);
    if (mood === 'relay') haproxy.pipe(client);
    else haproxy.once('data', () => client.destroy());
    return undefined;
  });
  // A socket is found by its file: whoever listens on it goes on under another name.
  await rename(path, real);
  server.listen(path);
  await once(server, 'listening');
  return {
    get cuts() {
      return cuts;
    },
    remove: async () => {
      server.close();
      for (const socket of open) socket.destroy();
      await once(server, 'close');
      await rename(real, path);
    },
  };
}
