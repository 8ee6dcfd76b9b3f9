/** Why a request failed, in few words that can be counted. */
const names: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'refused',
  ECONNRESET: 'reset',
  EPIPE: 'reset',
  ETIMEDOUT: 'timeout',
  EHOSTUNREACH: 'unreachable',
  ENETUNREACH: 'unreachable',
};

/** Of an error of a socket, or of `node:http`. */
export function causeOf(error: Error): string {
  // node:http's words where the other side ended the connection in good order, without an answer.
  if (error.message === 'socket hang up') return 'closed';
  const code = 'code' in error ? String(error.code) : error.message;
  return names[code] ?? `error ${code}`;
}

/** Empty for a good answer. */
export function causeOfStatus(status: number | undefined): string {
  return status === 200 ? '' : `status ${status ?? 'missing'}`;
}
