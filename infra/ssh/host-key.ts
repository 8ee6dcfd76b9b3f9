import type { ServerHostKeyAlgorithm } from 'ssh2';

/** A host's public key, as one line of `ssh-keyscan` or `/etc/ssh/ssh_host_*_key.pub` has it. */
export interface HostKey {
  readonly algorithms: ServerHostKeyAlgorithm[];
  readonly blob: Buffer;
}

const algorithmsByType: Readonly<Record<string, readonly ServerHostKeyAlgorithm[]>> = {
  'ssh-ed25519': ['ssh-ed25519'],
  'ecdsa-sha2-nistp256': ['ecdsa-sha2-nistp256'],
  'ecdsa-sha2-nistp384': ['ecdsa-sha2-nistp384'],
  'ecdsa-sha2-nistp521': ['ecdsa-sha2-nistp521'],
  // One RSA key signs with any of these; the key's own type names only the oldest.
  'ssh-rsa': ['rsa-sha2-512', 'rsa-sha2-256', 'ssh-rsa'],
};

/** Parses `<type> <base64> [comment]`. Throws with what would be right. */
export function parseHostKey(line: string): HostKey {
  const [type = '', data = ''] = line.trim().split(/\s+/);
  const algorithms = algorithmsByType[type];
  const blob = Buffer.from(data, 'base64');
  if (algorithms === undefined || !blob.includes(type)) {
    throw new Error(
      `cannot read the host key ${JSON.stringify(line.slice(0, 60))}; ` +
        'it should look like "ssh-ed25519 AAAAC3…"',
    );
  }
  return { algorithms: [...algorithms], blob };
}
