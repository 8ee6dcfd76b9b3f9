import type { ActualServer, AdminState } from './answers.ts';
import { serverKey } from './plan.ts';

/**
 * Whether HAProxy would send a server requests if its weight let it. One that synapse itself is
 * taking out comes back with what it was before, in the very pass that asks.
 */
export function healthIn(
  servers: readonly ActualServer[],
  retiring: ReadonlyMap<string, AdminState>,
): (backend: string, server: string) => boolean | undefined {
  const byKey = new Map(
    servers.map((one) => {
      const key = serverKey(one.backend, one.name);
      const was = retiring.get(key);
      return [key, was === undefined ? isServing(one) : was === 'ready'];
    }),
  );
  return (backend, server) => byKey.get(serverKey(backend, server));
}

export function isServing({ admin, up }: ActualServer): boolean {
  return admin === 'ready' && up;
}
