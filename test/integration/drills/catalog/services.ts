import type { CatalogInput, ServiceInput } from '../../../../infra/catalog/schema.ts';

const node = '/opt/smartstack/current/bin/node';
const here = 'test/integration/drills/catalog';

/** Runs on every service host: there is one to break and others to go on. */
export const workers = 'drill_worker';
/** Plain TCP, on every service host. */
export const echo = 'drill_echo';
/** HTTP, over TLS between hosts. */
export const secured = 'drill_secured';
/** Two instances, with little room. */
export const narrow = 'drill_narrow';
/** Requests at once from one consumer to one instance. */
export const narrowRoom = 2;

/** Not there until a drill adds it. */
export const newcomer = 'drill_newcomer';

export function serviceHostsIn({ hosts }: CatalogInput<string>): readonly string[] {
  return Object.entries(hosts)
    .filter(([, { roles }]) => roles.includes('service'))
    .map(([name]) => name);
}

export function drillServices(
  base: CatalogInput<string>,
): Readonly<Record<string, ServiceInput<string>>> {
  const everywhere = serviceHostsIn(base);
  return {
    [workers]: { port: 8501, localPort: 3501, on: everywhere, run: workerRun },
    [echo]: {
      ...{ port: 8502, localPort: 3502, mode: 'tcp', on: everywhere },
      run: { command: `${node} echo.ts`, files: { 'echo.ts': `${here}/echo.ts` } },
    },
    [secured]: { port: 8504, localPort: 3504, on: everywhere, tls: true, run: workerRun },
    [narrow]: {
      ...{ port: 8503, localPort: 3503, on: everywhere.slice(0, 2), run: workerRun },
      // The guard would hold the last of many that vanish while their ports still answer.
      proxy: { maxConnections: narrowRoom, guard: false },
    },
  };
}

export const workerRun = {
  command: `${node} worker.ts`,
  files: { 'worker.ts': `${here}/worker.ts` },
};
