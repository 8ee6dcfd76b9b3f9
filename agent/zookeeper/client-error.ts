import { Exception } from 'node-zookeeper-client';
import { ZooKeeperError, type ZooKeeperErrorCode } from './session.ts';

const codes: ReadonlyMap<number, ZooKeeperErrorCode> = new Map([
  [Exception.CONNECTION_LOSS, 'connection-loss'],
  [Exception.NO_NODE, 'no-node'],
  [Exception.NO_AUTH, 'no-auth'],
  [Exception.NODE_EXISTS, 'node-exists'],
  [Exception.NOT_EMPTY, 'not-empty'],
  [Exception.SESSION_EXPIRED, 'session-expired'],
]);

/** Converts what the client throws or passes to a callback. */
export function toZooKeeperError(error: unknown, doing: string): ZooKeeperError {
  if (error instanceof ZooKeeperError) return error;
  const message = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && 'code' in error ? Number(error.code) : Number.NaN;
  return new ZooKeeperError(codes.get(code) ?? 'other', `${doing}: ${message}`, { cause: error });
}
