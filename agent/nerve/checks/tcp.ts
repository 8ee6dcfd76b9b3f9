import { once } from 'node:events';
import { connect } from 'node:net';
import type { CommonCheckDefinition } from './common.ts';
import { type CheckResult, passed } from './result.ts';

export interface TcpCheckDefinition extends CommonCheckDefinition {
  readonly type: 'tcp';
}

/** Passes when a connection is accepted; sends nothing. */
export async function checkTcp(
  { host, port }: TcpCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const socket = connect({ host, port, signal });
  try {
    await once(socket, 'connect');
    return passed;
  } finally {
    socket.destroy();
  }
}
