import { randomUUID } from 'node:crypto';
import { createClient } from '@redis/client';
import type { CommonCheckDefinition } from './common.ts';
import { type PasswordDefinition, withPassword } from './password.ts';
import { type CheckResult, failed, passed } from './result.ts';
import { readTls, type TlsDefinition } from './tls.ts';

export interface RedisCheckDefinition extends CommonCheckDefinition {
  readonly type: 'redis';
  readonly username: string | undefined;
  readonly password: PasswordDefinition | undefined;
  readonly database: number;
  /** Also writes a key and reads it back. */
  readonly writeRead: boolean;
  readonly tls: TlsDefinition | undefined;
}

type Client = Awaited<ReturnType<typeof createTheClient>>;

/** The original's name: behind a proxy, it decides which server answers. */
const probeKey = 'nerve-redis-service-check';
/** How long a written key stays where nobody deletes it. */
const expiryMs = 10_000;

/** As the original does: PING, and EXISTS so that a proxy has to ask a server behind it. */
export async function checkRedis(
  definition: RedisCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  return withPassword(definition.password, signal, async (password) => {
    const client = await createTheClient(definition, password, signal);
    // Each of them also rejects what is under way.
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.ping();
      await client.exists(probeKey);
      return definition.writeRead ? await writeAndRead(client) : passed;
    } finally {
      client.destroy();
    }
  });
}

async function createTheClient(
  { host, port, tls, username, database }: RedisCheckDefinition,
  password: string | undefined,
  signal: AbortSignal,
) {
  const plain = {
    host,
    port,
    signal,
    reconnectStrategy: false,
    // None: the check's own time-out comes with the abort.
    connectTimeout: 0,
  } as const;
  return createClient({
    // The older protocol, without HELLO: servers and proxies of any age take it.
    RESP: 2,
    disableClientInfo: true,
    socket: tls ? { ...plain, tls: true, ...(await readTls(tls, host, signal)) } : plain,
    database,
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
  });
}

async function writeAndRead(client: Client): Promise<CheckResult> {
  const value = randomUUID();
  const key = `${probeKey}-${value}`;
  await client.set(key, value, { expiration: { type: 'PX', value: expiryMs } });
  const back = await client.get(key);
  await client.del(key);
  return back === value ? passed : failed('what was written did not read back');
}
