/** The key with which people, and this program, log in. */
import { readFileSync } from 'node:fs';
import ssh2 from 'ssh2';
import type { Problem } from '../../../agent/config/parse.ts';
import { atHome } from '../at-home.ts';

export interface LoginKey {
  readonly path: string;
  readonly privateKey: string;
  /** As in `authorized_keys`. */
  readonly publicKey: string;
}

export function readLoginKey(file: string): LoginKey | Problem {
  const path = atHome(file);
  const problem = (message: string): Problem => ({
    path: 'smartstack:aws.ssh.privateKey',
    message,
  });
  let privateKey: string;
  try {
    privateKey = readFileSync(path, 'utf8');
  } catch {
    return problem(`there is no file ${path} to read; make one with ssh-keygen -t ed25519`);
  }
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error) {
    return problem(`${path} cannot be read (${key.message}); give one without a passphrase`);
  }
  // EC2 takes no others for Linux.
  if (!['ssh-ed25519', 'ssh-rsa'].includes(key.type)) {
    return problem(`${path} is of type ${key.type}; EC2 takes ssh-ed25519 and ssh-rsa`);
  }
  const publicKey = `${key.type} ${key.getPublicSSH().toString('base64')}`;
  return { path, privateKey, publicKey };
}
