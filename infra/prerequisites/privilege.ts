import { tryCommand } from './command.ts';

/** How this user may act as root: the words to put before a command. */
export type Privilege =
  | { readonly kind: 'root'; readonly prefix: readonly [] }
  | { readonly kind: 'sudo'; readonly prefix: readonly ['sudo', ...string[]] }
  | { readonly kind: 'none' };

/** `sudo` may ask for its password only where somebody can type it. */
export async function findPrivilege(interactive = process.stdin.isTTY): Promise<Privilege> {
  if (process.getuid?.() === 0) return { kind: 'root', prefix: [] };
  const silent = await tryCommand('sudo', ['-n', 'true']);
  if (silent.code === 0) return { kind: 'sudo', prefix: ['sudo', '-n'] };
  if (silent.code === undefined || !interactive) return { kind: 'none' };
  return { kind: 'sudo', prefix: ['sudo'] };
}
