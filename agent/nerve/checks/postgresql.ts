import { Socket } from 'node:net';
import { Client } from 'pg';
import { withPassword } from './password.ts';
import { type CheckResult, passed } from './result.ts';
import type { SqlCheckDefinition } from './sql.ts';
import { readTls } from './tls.ts';

/** Passes when the server carries the query out. */
export async function checkPostgresql(
  definition: SqlCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { host, port, username, database, query, tls } = definition;
  return withPassword(definition.password, signal, async (password) => {
    const ssl = tls === undefined ? false : await readTls(tls, host, signal);
    // Ours, so that an abort ends it whatever the driver is at.
    const socket = new Socket({ signal });
    const client = new Client({
      host,
      port,
      user: username,
      // Else it would look for one in the environment.
      password: password ?? '',
      database: database ?? username,
      ssl,
      stream: () => socket,
    });
    // What is under way rejects with it.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.query(query);
      await client.end();
      return passed;
    } finally {
      socket.destroy();
    }
  });
}
