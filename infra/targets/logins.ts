/** How the stack's configuration says to log in on a machine, or on a bastion before it. */
import { existsSync, readFileSync } from 'node:fs';
import { secret } from '@pulumi/pulumi';
import { z } from 'zod';
import type { Problem } from '../../agent/config/parse.ts';
import { parseHostKey } from '../ssh/host-key.ts';
import { knownHostKey } from '../ssh/known-hosts.ts';
import { atHome } from './at-home.ts';
import type { Login } from './host.ts';

export const loginFields = {
  port: z.int().min(1).max(65_535).default(22),
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, 'must be a user name')
    .default('root'),
  /** A file on this machine; `~/` is your home. */
  privateKey: z.string().min(1).default('~/.ssh/id_ed25519'),
  /** `<type> <base64>`; by default what your own list of known machines has. */
  hostKey: z
    .string()
    .refine(isHostKey, 'must be such as "ssh-ed25519 AAAA…", from ssh-keyscan')
    .optional(),
} as const;

type LoginSettings = z.output<z.ZodObject<typeof loginFields>>;

export type FoundLogin =
  | { readonly ok: true; readonly login: Login; readonly privateKeyPath: string }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Where `ssh` itself looks. */
const knownHosts = ['~/.ssh/known_hosts', '~/.ssh/known_hosts2', '/etc/ssh/ssh_known_hosts'];

/** `path`: of the settings, for messages. */
export function findLogin(
  path: string,
  host: string,
  { port, user, privateKey, hostKey = metBefore(host, port) }: LoginSettings,
): FoundLogin {
  const privateKeyPath = atHome(privateKey);
  const problems: Problem[] = [];
  if (!existsSync(privateKeyPath)) {
    const message = `there is no file ${privateKeyPath}; name one that is`;
    problems.push({ path: `${path}.privateKey`, message });
  }
  if (hostKey === undefined) {
    const message =
      `is missing, and ${host} is not in ${knownHosts[0]}; ` +
      `log in once (ssh -p ${port} ${user}@${host}) and compare its fingerprint, or give its key`;
    problems.push({ path: `${path}.hostKey`, message });
  }
  if (problems.length > 0 || hostKey === undefined) return { ok: false, problems };
  const login = {
    ...{ port, user, hostKey, dialErrorLimit: 5, perDialTimeout: 5 },
    privateKey: secret(readFileSync(privateKeyPath, 'utf8')),
  };
  return { ok: true, login, privateKeyPath };
}

function metBefore(host: string, port: number): string | undefined {
  const texts = knownHosts.map(atHome).filter((file) => existsSync(file));
  return knownHostKey(texts.map((file) => readFileSync(file, 'utf8')).join('\n'), host, port);
}

function isHostKey(line: string): boolean {
  try {
    parseHostKey(line);
    return true;
  } catch {
    return false;
  }
}
