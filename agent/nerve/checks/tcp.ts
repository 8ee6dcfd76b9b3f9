import { connect } from 'node:net';
import type { CommonCheckDefinition } from './common.ts';
import { type CheckResult, passed } from './result.ts';

export interface TcpCheckDefinition extends CommonCheckDefinition {
  readonly type: 'tcp';
}

/** Passes when a connection is accepted; sends nothing. */
export function checkTcp(
  { host, port }: TcpCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port });
    const abort = (): void => finish(() => reject(signal.reason));
    const finish = (settle: () => void): void => {
      signal.removeEventListener('abort', abort);
      socket.destroy();
      settle();
    };
    signal.addEventListener('abort', abort);
    socket.once('connect', () => finish(() => resolve(passed)));
    socket.once('error', (error) => finish(() => reject(error)));
  });
}
