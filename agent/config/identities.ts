/** As whom a daemon comes to ZooKeeper: from its configuration, or from a file that others cannot read. */
import { readFile } from 'node:fs/promises';
import type { z } from 'zod';
import { digestAuth, path } from './fields.ts';
import { formatProblem } from './parse.ts';

export const identityFields = {
  /** Ours: `user:password`, with which it proves to ZooKeeper who it is. */
  zk_digest_auth: digestAuth.optional(),
  /** Ours: a file with the same, one a line; it comes as all of them. Read again at each reload. */
  zk_digest_auth_file: path.optional(),
} as const;

interface IdentityOptions {
  readonly zk_digest_auth?: string | undefined;
  readonly zk_digest_auth_file?: string | undefined;
}

export type Identities =
  | { readonly ok: true; readonly identities: readonly string[] }
  /** One line, which tells nothing of what the file holds. */
  | { readonly ok: false; readonly problem: string };

/** One way to say it is enough. */
export function refuseTwoSources(options: IdentityOptions, context: z.core.$RefinementCtx): void {
  if (options.zk_digest_auth === undefined || options.zk_digest_auth_file === undefined) return;
  const message = 'is there beside "zk_digest_auth"; leave out one of them';
  context.addIssue({ code: 'custom', path: ['zk_digest_auth_file'], message });
}

/** `source`: the configuration's own file, for messages. */
export async function readIdentities(
  source: string,
  { zk_digest_auth: own, zk_digest_auth_file: file }: IdentityOptions,
): Promise<Identities> {
  if (file === undefined) return { ok: true, identities: own === undefined ? [] : [own] };
  const refuse = (message: string): Identities => ({
    ok: false,
    problem: formatProblem(source, { path: 'zk_digest_auth_file', message }),
  });
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${String(error.code)})` : '';
    return refuse(`${file} cannot be read${code}; must be a file that this user may read`);
  }
  const identities = text.split('\n').filter((line) => line !== '');
  const bad = identities.findIndex((line) => !digestAuth.safeParse(line).success);
  if (bad >= 0) return refuse(`${file}: entry ${bad + 1} is bad; must be "user:password"`);
  if (identities.length === 0) return refuse(`${file} is empty; must hold "user:password"`);
  return { ok: true, identities };
}
