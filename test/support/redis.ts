import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Certificate } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export interface RedisServer extends ServerProcess {
  readonly tlsPort: number;
}

/**
 * A Redis in memory. Whoever does not log in may do all; the user `checker` has `password`. TLS
 * asks for a client certificate that `certificate` signed.
 */
export async function startRedis(password: string, certificate: Certificate): Promise<RedisServer> {
  const folder = await mkdtemp(join(tmpdir(), 'redis-test-'));
  const [port = 0, tlsPort = 0] = await freePorts(2);
  const server = await startServer({
    command: [
      'redis-server',
      ...['--port', `${port}`, '--bind', '127.0.0.1', '--dir', folder, '--save', ''],
      ...['--tls-port', `${tlsPort}`, '--tls-cert-file', certificate.certPath],
      ...['--tls-key-file', certificate.keyPath, '--tls-ca-cert-file', certificate.certPath],
      ...['--user', 'checker', 'on', `>${password}`, '~nerve*', '+@all'],
    ],
    port,
    cleanUp: () => rm(folder, { recursive: true, force: true }),
  });
  return { ...server, tlsPort };
}
