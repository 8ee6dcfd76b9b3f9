import { existsSync, readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import { writeWhole } from '../../prerequisites/whole-file.ts';

export interface KeyPair {
  /** OpenSSH format. */
  readonly privateKey: string;
  /** One line, as in `authorized_keys`. */
  readonly publicKey: string;
}

/** The stack's own key pair, made when it is first asked for; the private half is mode 0600. */
export async function keyPair(path: string): Promise<KeyPair> {
  if (!existsSync(path)) {
    const made = ssh2.utils.generateKeyPairSync('ed25519', { comment: 'smartstack' });
    await writeWhole(`${path}.pub`, `${made.public}\n`);
    await writeWhole(path, made.private, 0o600);
  }
  return { privateKey: readFileSync(path, 'utf8'), publicKey: publicKeyOf(path) };
}

/** Derived, not read: the file beside it may be gone or another's. */
function publicKeyOf(path: string): string {
  const key = ssh2.utils.parseKey(readFileSync(path));
  if (key instanceof Error) throw new Error(`${path} holds no usable key`, { cause: key });
  return `${key.type} ${key.getPublicSSH().toString('base64')} smartstack`;
}
