import type { Stats } from 'node:fs';
import { chmod, lstat, mkdtemp, rename, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import { dirname, join } from 'node:path';
import { closeServer, type Listener, listening } from './listener.ts';

/** The kernel's `sun_path`, less its final NUL; a longer name would be cut without a word. */
const longestPathBytes = 107;
const mode = 0o660;

/** The path cannot be a socket of ours; the message says why. */
export class SocketPathError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'SocketPathError';
  }
}

/**
 * Bound in a folder that nobody else may enter, given its mode, then renamed over the path: what a
 * killed process left there is no obstacle, and at no moment is the socket open to others.
 *
 * Rejects with a `SocketPathError`, or with the file system's error.
 */
export async function listenOnSocket(server: Server, path: string): Promise<Listener> {
  await requireUsable(path);
  // Not join(), which would drop the dot and make the folder beside the one that is meant.
  const folder = await mkdtemp(`${dirname(path)}/.`);
  try {
    const staged = join(folder, 's');
    requireShort(staged);
    await listening(server, () => server.listen(staged));
    await chmod(staged, mode);
    const own = await lstat(staged);
    await rename(staged, path);
    return createListener(server, path, own);
  } catch (error) {
    if (server.listening) await closeServer(server);
    throw error;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function createListener(server: Server, path: string, own: Stats): Listener {
  const isReachable = async (): Promise<boolean> => {
    const now = await statOf(path);
    return now !== undefined && now.dev === own.dev && now.ino === own.ino;
  };
  return {
    isReachable,
    close: async () => {
      // Another process may have put its own there. Ours is open, so that its number is not reused.
      if (await isReachable()) await rm(path, { force: true });
      await closeServer(server);
    },
  };
}

async function requireUsable(path: string): Promise<void> {
  requireShort(path);
  const there = await statOf(path);
  if (there === undefined || there.isSocket()) return;
  throw new SocketPathError(`${path} exists and is no socket`);
}

function requireShort(path: string): void {
  const length = Buffer.byteLength(path);
  if (length <= longestPathBytes) return;
  throw new SocketPathError(
    `${path} is ${length} bytes long; a Unix socket's path takes at most ${longestPathBytes}`,
  );
}

/** `undefined` when nothing is there. */
async function statOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
