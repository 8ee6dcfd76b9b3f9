/** Stands in front of HAProxy's runtime socket for a while, and at each command cuts as told. */
import { once } from 'node:events';
import { rename } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { createAdminSocket } from '../../agent/synapse/haproxy/admin.ts';

export interface FlakySocket {
  readonly cuts: number;
  /** HAProxy is behind its path again. */
  remove(): Promise<void>;
}

/** Cuts at once, after the command has gone through, or not at all. */
export type Mood = 'refuse' | 'lose-answer' | 'relay';

export async function makeFlaky(
  path: string,
  moodFor: (command: string) => Mood,
): Promise<FlakySocket> {
  const real = `${path}.real`;
  let cuts = 0;
  const open = new Set<Socket>();
  const server = createServer({ allowHalfOpen: true }, (client) => {
    let mood: Mood = 'relay';
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
    client.on('data', (command) => {
      mood = moodFor(command.toString());
      if (mood !== 'relay') cuts += 1;
      if (mood === 'refuse') client.destroy();
      else haproxy.write(command);
    });
    client.on('end', () => haproxy.end());
    haproxy.on('data', (answer) => {
      if (mood === 'relay') client.write(answer);
      else client.destroy();
    });
    haproxy.on('end', () => client.end());
  });
  // A socket is found by its file: whoever listens on it goes on under another name.
  await rename(path, real);
  server.listen(path);
  await once(server, 'listening');
  await cutHeld(real);
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

/** Connections of before would go on past it. */
async function cutHeld(path: string): Promise<void> {
  const admin = createAdminSocket({ path, deadlineMs: 5_000 });
  const sessions = (await admin.ask('show sess')).matchAll(/^(0x[0-9a-f]+): .* fe=GLOBAL /gm);
  for (const [, session] of sessions) await admin.ask(`shutdown session ${session}`);
}
