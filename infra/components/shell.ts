/** Shell text for hosts: quoting, root, and the scripts of `scripts/` with their variables set. */
import { readFileSync } from 'node:fs';

/** One word, whatever it contains (POSIX sh). */
export function shellQuote(value: string): string {
  return `'${value.replaceAll("'", `'\\''`)}'`;
}

/** In the home of a user whom sudo asks for a password: a program that says it. */
export const askpassFile = '.smartstack-askpass';

/** For a unit that may not be there yet, or no more. */
export function reloadIfActive(unit: string): string {
  return `if systemctl is-active -q ${unit}; then systemctl reload ${unit}; fi`;
}

/** POSIX sh: `$run` before a command runs it as root. */
const becomeRoot = [
  'run=; [ "$(id -u)" = 0 ] || run="sudo -n"',
  `export SUDO_ASKPASS="$HOME/${askpassFile}"; [ -z "$run" ] || [ ! -x "$SUDO_ASKPASS" ] || run="sudo -A"`,
].join('; ');

/** Runs one command as root, directly or through sudo; standard input passes through. */
export function commandAsRoot(command: string): string {
  return `${becomeRoot}; $run ${command}`;
}

/**
 * The same for a script of bash. Fails at the first command that fails. Without `--norc`, a bash that
 * thinks it was started by a remote shell daemon reads start-up files that do not bear `-u`.
 */
export function asRoot(script: string): string {
  return commandAsRoot(asUser(script));
}

/** The same for a script of bash that whoever logs in runs. */
export function asUser(script: string): string {
  return `bash --norc -euo pipefail -c ${shellQuote(script)}`;
}

/** As root, the script on standard input. */
export const inputAsRoot = commandAsRoot('bash --norc -euo pipefail -s');

/** A file of `scripts/`, preceded by assignments to the variables that its head comment names. */
export function scriptOf(name: string, variables: Readonly<Record<string, string>>): string {
  const assignments = Object.entries(variables).map(
    ([key, value]) => `${key}=${shellQuote(value)}`,
  );
  const text = readFileSync(new URL(`scripts/${name}`, import.meta.url), 'utf8');
  return [...assignments, text].join('\n');
}
