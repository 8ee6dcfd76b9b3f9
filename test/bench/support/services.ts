import type { Lab } from './lab.ts';

/** `count` services at one backend, each with its own path there and in the registry. */
export function manyServices(
  { ensemble, newPath }: Lab,
  backendPort: number,
  count: number,
): Readonly<Record<string, object>> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, index) => [
      `service-${index}`,
      {
        host: '127.0.0.1',
        port: backendPort,
        zk_hosts: ensemble.hosts,
        zk_path: newPath(),
        check_interval: 1,
        checks: [{ type: 'http', uri: `/${index}`, timeout: 0.5, rise: 1, fall: 2 }],
      },
    ]),
  );
}
