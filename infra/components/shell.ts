/** Shell text for hosts: quoting, root, and the scripts of `scripts/` with their variables set. */
import { readFileSync } from 'node:fs';

/** One word, whatever it contains (POSIX sh). */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/**
 * Runs `script` as root under bash, directly or through sudo; standard input passes through.
 * Fails at the first command that fails. Without `--norc`, a bash that thinks it was started by a
 * remote shell daemon reads start-up files that do not bear `-u`.
 */
export function asRoot(script: string): string {
  const bash = `bash --norc -euo pipefail -c ${shellQuote(script)}`;
  return `run=; [ "$(id -u)" = 0 ] || run='sudo -n'; $run ${bash}`;
}

/** A file of `scripts/`, preceded by assignments to the variables that its head comment names. */
export function scriptOf(name: string, variables: Readonly<Record<string, string>>): string {
  const assignments = Object.entries(variables).map(
    ([key, value]) => `${key}=${shellQuote(value)}`,
  );
  const text = readFileSync(new URL(`scripts/${name}`, import.meta.url), 'utf8');
  return [...assignments, text].join('\n');
}
