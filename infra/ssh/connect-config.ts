import type { ConnectConfig } from 'ssh2';
import { type HostKey, parseHostKey } from './host-key.ts';
import { endpointOf, SshError, type SshTarget } from './target.ts';

/** ssh2's form of a target, but for the socket. Throws for a host key that cannot be read. */
export function connectConfig(target: SshTarget): ConnectConfig {
  const hostKey = target.hostKey === undefined ? undefined : hostKeyOf(target, target.hostKey);
  const agent = target.agentSocketPath ?? process.env.SSH_AUTH_SOCK;
  return {
    username: target.user,
    readyTimeout: target.perDialTimeout * 1_000,
    // A host that vanished is noticed after 15 s, even where nothing is being sent.
    keepaliveInterval: 5_000,
    keepaliveCountMax: 3,
    ...(target.privateKey === undefined ? {} : { privateKey: target.privateKey }),
    ...(target.privateKeyPassword === undefined ? {} : { passphrase: target.privateKeyPassword }),
    ...(target.password === undefined ? {} : { password: target.password }),
    ...(agent === undefined ? {} : { agent }),
    ...(hostKey === undefined
      ? {}
      : {
          algorithms: { serverHostKey: hostKey.algorithms },
          hostVerifier: (key: Buffer) => key.equals(hostKey.blob),
        }),
  };
}

function hostKeyOf(target: SshTarget, line: string): HostKey {
  try {
    return parseHostKey(line);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SshError('bad-settings', endpointOf(target), reason, { cause });
  }
}
