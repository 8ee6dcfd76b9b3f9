import type { ClientRequest } from 'node:http';
import type { Socket } from 'node:net';

export interface PhaseLimits {
  readonly connectTimeoutMs: number;
  /** `undefined` for plain HTTP. */
  readonly tlsTimeoutMs: number | undefined;
  /** From the request to the end of the answer. */
  readonly responseTimeoutMs: number;
}

/** Each phase has its limit; that of the whole check is its caller's, as is clearing the timers. */
export function limitPhases(
  request: ClientRequest,
  { connectTimeoutMs, tlsTimeoutMs, responseTimeoutMs }: PhaseLimits,
): Iterable<NodeJS.Timeout> {
  const timers = new Set<NodeJS.Timeout>();
  const limit = (ms: number, phase: string): NodeJS.Timeout => {
    const expire = (): unknown =>
      request.destroy(new Error(`${phase} not finished within ${Math.round(ms)} ms`));
    const timer = setTimeout(expire, ms);
    timers.add(timer);
    return timer;
  };
  const connecting = limit(connectTimeoutMs, 'connection');
  request.once('socket', (socket: Socket) => {
    socket.once('connect', () => {
      clearTimeout(connecting);
      if (tlsTimeoutMs === undefined) limit(responseTimeoutMs, 'response');
      else {
        const shakingHands = limit(tlsTimeoutMs, 'TLS handshake');
        socket.once('secureConnect', () => {
          clearTimeout(shakingHands);
          limit(responseTimeoutMs, 'response');
        });
      }
    });
  });
  return timers;
}
