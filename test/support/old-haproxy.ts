/**
 * A socket that answers for a real HAProxy as one of version 2.4 or 2.5 does: `add server` and
 * `del server` are experiments, and refused to whoever does not ask for those. Source: `src/cli.c`.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AdminSocket } from '../../agent/synapse/haproxy/admin.ts';

export interface OldHaproxySocket {
  /** Every command that it was asked, refused ones included. */
  readonly commands: readonly string[];
  stop(): Promise<void>;
}

export async function startOldHaproxySocket(
  path: string,
  real: AdminSocket,
): Promise<OldHaproxySocket> {
  const commands: string[] = [];
  const answer = async (asked: readonly string[]): Promise<string> => {
    let text = '';
    for (const command of asked) {
      commands.push(command);
      text += refusalOf(command) ?? (await real.ask(command));
    }
    return text;
  };
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    socket.on('error', () => socket.destroy());
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end').catch(() => undefined);
    const lines = Buffer.concat(chunks).toString().split(/[;\n]/);
    const asked = lines.map((one) => one.trim()).filter((one) => one !== '');
    // A real one that is gone answers nothing.
    socket.end(await answer(asked).catch(() => ''));
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    commands,
    stop: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

function refusalOf(command: string): string | undefined {
  if (!/^(?:add|del) server /.test(command)) return undefined;
  return 'This command is restricted to experimental mode only.\n\n';
}
