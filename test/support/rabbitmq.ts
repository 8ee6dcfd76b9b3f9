import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'amqplib';
import type { Certificate } from './certificates.ts';
import { freePorts } from './free-ports.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export interface RabbitmqServer extends ServerProcess {
  readonly tlsPort: number;
}

/** Debian's own start script would change the user. */
const program = '/usr/lib/rabbitmq/bin/rabbitmq-server';

/** A broker with its user guest; an Erlang of its own, on loopback, with all that belongs to it. */
export async function startRabbitmq(certificate: Certificate): Promise<RabbitmqServer> {
  const folder = await mkdtemp(join(tmpdir(), 'rabbitmq-test-'));
  const [port = 0, tlsPort = 0, epmdPort = 0, distPort = 0] = await freePorts(4);
  const configPath = join(folder, 'rabbitmq.conf');
  await mkdir(join(folder, 'home'));
  await writeFile(configPath, configuration({ port, tlsPort, certificate }));
  const own = { HOME: join(folder, 'home'), ERL_EPMD_PORT: `${epmdPort}`, ...loopbackOnly };
  // Else Erlang starts one, which would stay.
  const epmd = await startServer({ command: ['epmd'], env: own, port: epmdPort });
  try {
    const server = await startServer({
      command: [program],
      env: {
        ...own,
        RABBITMQ_NODENAME: `nerve-test-${port}@localhost`,
        RABBITMQ_DIST_PORT: `${distPort}`,
        RABBITMQ_CONFIG_FILE: configPath,
        RABBITMQ_ADVANCED_CONFIG_FILE: join(folder, 'none.config'),
        RABBITMQ_CONF_ENV_FILE: join(folder, 'none.conf'),
        RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
        RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
        RABBITMQ_LOG_BASE: join(folder, 'log'),
        RABBITMQ_GENERATED_CONFIG_DIR: join(folder, 'generated'),
        RABBITMQ_LOGS: '-',
      },
      port,
      ready: () => logIn(port),
      cleanUp: async () => {
        await epmd.stop();
        await rm(folder, { recursive: true, force: true });
      },
    });
    return { ...server, tlsPort };
  } catch (error) {
    await epmd.stop();
    throw error;
  }
}

const loopbackOnly = {
  ERL_EPMD_ADDRESS: '127.0.0.1',
  RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-kernel inet_dist_use_interface {127,0,0,1} +S 1:1',
};

interface Listeners {
  readonly port: number;
  readonly tlsPort: number;
  readonly certificate: Certificate;
}

function configuration({ port, tlsPort, certificate }: Listeners): string {
  return [
    `listeners.tcp.local = 127.0.0.1:${port}`,
    `listeners.ssl.local = 127.0.0.1:${tlsPort}`,
    `ssl_options.certfile = ${certificate.certPath}`,
    `ssl_options.keyfile = ${certificate.keyPath}`,
    '',
  ].join('\n');
}

async function logIn(port: number): Promise<void> {
  const connection = await connect({ hostname: '127.0.0.1', port });
  connection.on('error', () => undefined);
  await connection.close();
}
