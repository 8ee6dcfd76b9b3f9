/**
 * A socket that answers for a real HAProxy as one of version 2.4 would: `add server` and
 * `del server` are experiments, no server added at run time can have checks, and none of the file
 * can be deleted. Source: `src/cli.c` and `src/server.c` of 2.4.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AdminSocket } from '../../agent/synapse/haproxy/admin.ts';

export interface OldHaproxySocket {
  /** The experiments that it was asked for, refused ones included. */
  readonly experiments: readonly string[];
  stop(): Promise<void>;
}

export async function startOldHaproxySocket(
  path: string,
  real: AdminSocket,
): Promise<OldHaproxySocket> {
  const experiments: string[] = [];
  const answer = async (commands: readonly string[]): Promise<string> => {
    let mode = false;
    let text = '';
    for (const command of commands) {
      if (/^(?:add|del) server /.test(command)) experiments.push(command);
      if (command === 'experimental-mode on') mode = true;
      else text += refusalOf(command, mode) ?? (await real.ask(command));
    }
    return text;
  };
  const server = createServer({ allowHalfOpen: true }, async (socket) => {
    socket.on('error', () => socket.destroy());
    const chunks: Buffer[] = [];
    socket.on('data', (chunk: Buffer) => chunks.push(chunk));
    await once(socket, 'end').catch(() => undefined);
    const commands = Buffer.concat(chunks).toString().split(/[;\n]/);
    const asked = commands.map((one) => one.trim()).filter((one) => one !== '');
    // A real one that is gone answers nothing.
    socket.end(await answer(asked).catch(() => ''));
  });
  server.listen(path);
  await once(server, 'listening');
  return {
    experiments,
    stop: async () => {
      server.close();
      await once(server, 'close');
    },
  };
}

function refusalOf(command: string, experimental: boolean): string | undefined {
  if (!/^(?:add|del) server /.test(command)) return undefined;
  if (!experimental) return 'This command is restricted to experimental mode only.\n\n';
  if (command.startsWith('del ')) {
    return 'Only servers added at runtime via <add server> CLI cmd can be deleted.\n\n';
  }
  return /\scheck(?:\s|$)/.test(command)
    ? "'check' option is not accepted for dynamic server\n\n"
    : undefined;
}
