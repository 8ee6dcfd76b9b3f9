/** What HAProxy's own checks say of an instance that the guard holds. Pure. */
import type { ActualServer } from '../haproxy/answers.ts';
import type { Release } from './guard.ts';

/** `undefined`: it stays. A server that is not there yet, or was never checked, has its chance. */
export function judge(server: ActualServer | undefined): Release | undefined {
  // In maintenance HAProxy checks nothing: synapse or an operator set it so, and will end it.
  if (server === undefined || server.admin === 'maint') return undefined;
  if (server.check === 'none') return 'unchecked';
  return server.check === 'failing' && !server.up ? 'failing' : undefined;
}
