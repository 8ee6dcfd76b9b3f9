import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';
import { createPhaseTimer, type PhaseTimer } from './phase-timer.ts';

export interface PhaseLimits {
  readonly connectTimeoutMs: number;
  /** `undefined` for plain HTTP. */
  readonly tlsTimeoutMs: number | undefined;
  /** From the request to the end of the answer. */
  readonly responseTimeoutMs: number;
}

/** Each phase has its limit; that of the whole check is its caller's, as is ending the timer. */
export function limitPhases(
  request: ClientRequest,
  { connectTimeoutMs, tlsTimeoutMs, responseTimeoutMs }: PhaseLimits,
): PhaseTimer {
  const timer = createPhaseTimer((error) => request.destroy(error));
  timer.begin('connection', connectTimeoutMs);
  request.once('socket', (socket: Socket) => {
    socket.once('connect', () => {
      if (tlsTimeoutMs === undefined) timer.begin('response', responseTimeoutMs);
      else {
        timer.begin('TLS handshake', tlsTimeoutMs);
        socket.once('secureConnect', () => timer.begin('response', responseTimeoutMs));
      }
    });
  });
  return timer;
}
