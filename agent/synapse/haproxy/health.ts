import type { ActualServer, AdminState } from './answers.ts';
import { serverKey } from './plan.ts';
import type { ServerIndex } from './server-index.ts';

/**
 * Whether HAProxy would send a server requests if its weight let it. One that synapse itself is
 * taking out comes back with what it was before, in the very pass that asks.
 */
export function healthIn(
  index: ServerIndex,
  retiring: ReadonlyMap<string, AdminState>,
): (backend: string, server: string) => boolean | undefined {
  return (backend, server) => {
    const one = index.get(backend)?.get(server);
    if (one === undefined) return undefined;
    const was = retiring.size === 0 ? undefined : retiring.get(serverKey(backend, server));
    return was === undefined ? isServing(one) : was === 'ready';
  };
}

export function isServing({ admin, up }: ActualServer): boolean {
  return admin === 'ready' && up;
}
