/**
 * The way to a worker whose socket's file somebody removed: HAProxy still listens there, and makes no
 * new file at a reload, but its master hands commands on. Source: management guide, section 9.4.
 */
import { AdminError, type AdminSocket } from './admin.ts';

/** The worker that serves, of those that the master has. */
const toWorker = '@1';

/** Goes through the master where `direct` reaches nobody. */
export function withDetour(direct: AdminSocket, master: AdminSocket): AdminSocket {
  return {
    ask: async (command) => {
      try {
        return await direct.ask(command);
      } catch (error) {
        if (!isUnreachable(error)) throw error;
        return (await askWorker(master, command)) ?? Promise.reject(error);
      }
    },
  };
}

/** `undefined`: there is no master, or it has no worker. */
async function askWorker(master: AdminSocket, command: string): Promise<string | undefined> {
  try {
    const answer = await master.ask(`${toWorker}; ${command}`);
    return /^Can't find the target/.test(answer) ? undefined : answer;
  } catch (error) {
    if (isUnreachable(error)) return undefined;
    throw error;
  }
}

function isUnreachable(error: unknown): boolean {
  return error instanceof AdminError && error.code === 'unreachable';
}
