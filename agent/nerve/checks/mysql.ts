import { isIP, Socket } from 'node:net';
import { createConnection } from 'mysql2/promise';
import { withPassword } from './password.ts';
import { type CheckResult, passed } from './result.ts';
import type { SqlCheckDefinition } from './sql.ts';
import { readTls, type TlsOptions } from './tls.ts';

/** MySQL and MariaDB: passes when the server carries the query out. */
export async function checkMysql(
  definition: SqlCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const { host, port, username, database, query, tls } = definition;
  return withPassword(definition.password, signal, async (password) => {
    const ssl = tls === undefined ? undefined : await readTls(tls, host, signal);
    // Ours, so that an abort ends it whatever the driver is at.
    const socket = new Socket({ signal }).connect(port, host);
    try {
      const connection = await createConnection({
        // With a socket given, the name for the certificate and nothing else.
        host: tls?.serverName ?? host,
        user: username,
        password: password ?? '',
        // None: the check's own time-out comes with the abort.
        connectTimeout: 0,
        // Room for its default of 16,000 would be allocated at each check.
        maxPreparedStatements: 1,
        stream: socket,
        ...(database === undefined ? {} : { database }),
        ...(ssl === undefined ? {} : { ssl: verifiable(ssl, tls?.serverName ?? host) }),
      });
      // What is under way rejects with it.
      connection.on('error', () => undefined);
      await connection.query(query);
      await connection.end();
      return passed;
    } finally {
      socket.destroy();
    }
  });
}

function verifiable({ rejectUnauthorized, ca, cert, key }: TlsOptions, name: string) {
  if (rejectUnauthorized && isIP(name) !== 0) {
    throw new Error(`server_name is missing: this driver verifies no certificate of an address`);
  }
  return {
    rejectUnauthorized,
    verifyIdentity: rejectUnauthorized,
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
