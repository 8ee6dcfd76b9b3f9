/**
 * HAProxy 2.4 and 2.5 keep `add server` and `del server` for those who ask for experiments; from
 * 2.6 on they are like any other. Source: `src/cli.c`, and section 9.3 of the management guide.
 */
import type { AdminSocket } from './admin.ts';

/** Asks again, in experimental mode, where HAProxy says that it takes that. */
export function withExperimentalMode(admin: AdminSocket): AdminSocket {
  return {
    ask: async (command) => {
      const answer = await admin.ask(command);
      if (!/restricted to experimental mode/i.test(answer)) return answer;
      // The mode is that of the connection, and so of this line alone.
      return await admin.ask(`experimental-mode on; ${command}`);
    },
  };
}
