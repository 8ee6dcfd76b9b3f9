import { endpointOf, SshError, type SshTarget } from './target.ts';

/** What an error of ssh2, or of the socket below it, means for whoever wants to log in. */
export function classify(
  target: SshTarget,
  cause: Error & { level?: string; code?: unknown },
): SshError {
  const endpoint = endpointOf(target);
  if (/verification failed|no matching host key/i.test(cause.message)) {
    const message =
      'the host key is not the expected one; either the machine was rebuilt behind our back, ' +
      'or another one answers at this address';
    return new SshError('host-key', endpoint, message, { cause });
  }
  if (cause.level === 'client-authentication') {
    const message = `the host refused user ${target.user} with this key or password`;
    return new SshError('authentication', endpoint, message, { cause });
  }
  return new SshError('unreachable', endpoint, reasonOf(cause, target), { cause });
}

function reasonOf(cause: Error & { code?: unknown }, target: SshTarget): string {
  const known: Readonly<Record<string, string>> = {
    ECONNREFUSED: 'connection refused',
    EHOSTUNREACH: 'no route to the host',
    ENETUNREACH: 'no route to the network',
    ETIMEDOUT: 'no answer',
    ENOTFOUND: 'no such host name',
    ECONNRESET: 'connection reset',
  };
  const [, refusal] = /^\(SSH\) Channel open failure: (.+)$/.exec(cause.message) ?? [];
  if (refusal !== undefined && target.proxy !== undefined) {
    return `${refusal.toLowerCase()}, says the bastion ${endpointOf(target.proxy)}`;
  }
  if (/timed out/i.test(cause.message)) return `no answer within ${target.perDialTimeout} s`;
  return known[String(cause.code)] ?? cause.message;
}
