/** A real name server on loopback. */
import { NOTFOUND, Resolver } from 'node:dns/promises';
import { freePorts } from './free-ports.ts';
import { type ServerProcess, startServer } from './server-process.ts';

export interface DnsRecords {
  /** Name → addresses of either family. */
  readonly hosts?: Readonly<Record<string, readonly string[]>>;
  /** Name → target, port, priority, weight. */
  readonly services?: Readonly<
    Record<string, readonly (readonly [string, number, number, number])[]>
  >;
  readonly ttlSeconds?: number;
}

export interface TestNameServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** It knows these from now on; of all else below `test` it says that it does not exist. */
  serve(records: DnsRecords): Promise<void>;
  /** It is there, and says nothing. */
  pause(): void;
  /** It ends. */
  stop(): Promise<void>;
}

export async function startNameServer(records: DnsRecords): Promise<TestNameServer> {
  const [port = 0] = await freePorts(1);
  let server: ServerProcess | undefined;
  const serve = async (next: DnsRecords): Promise<void> => {
    await server?.stop();
    const command = ['dnsmasq', ...argumentsFor(port, next)] as const;
    server = await startServer({ command, port, ready: () => answers(port) });
  };
  await serve(records);
  return {
    address: `127.0.0.1:${port}`,
    serve,
    pause: () => server?.pause(),
    stop: async () => {
      await server?.stop();
      server = undefined;
    },
  };
}

/** Rejects where nobody answers; that there is no such name is an answer. */
async function answers(port: number): Promise<void> {
  const resolver = new Resolver({ timeout: 1_000, tries: 1 });
  resolver.setServers([`127.0.0.1:${port}`]);
  await resolver.resolve4('nobody.test').catch((error: unknown) => {
    if (!(error instanceof Error && 'code' in error && error.code === NOTFOUND)) throw error;
  });
}

function argumentsFor(
  port: number,
  { hosts = {}, services = {}, ttlSeconds = 60 }: DnsRecords,
): readonly string[] {
  const addresses = Object.entries(hosts).flatMap(([name, list]) =>
    list.map((address) => `--address=/${name}/${address}`),
  );
  const records = Object.entries(services).flatMap(([name, list]) =>
    list.map((one) => `--srv-host=${[name, ...one].join(',')}`),
  );
  return [
    // Nothing of the system's own.
    ...['--conf-file=/dev/null', '--no-hosts', '--no-resolv', '--pid-file='],
    ...['--keep-in-foreground', '--bind-interfaces', '--listen-address=127.0.0.1'],
    ...[`--port=${port}`, `--local-ttl=${ttlSeconds}`, '--local=/test/', '--user=root'],
    ...addresses,
    ...records,
  ];
}
