import type { remote } from '@pulumi/command';
import { type Input, output, secret } from '@pulumi/pulumi';
import { type Reachable, userCommand } from '../components/host-command.ts';
import { askpassFile, asUser, scriptOf, shellQuote } from '../components/shell.ts';

/**
 * Lets what runs as root on a host get there through a sudo that asks for a password: a program that
 * says it, for its user's eyes alone, for as long as the host is ours.
 */
export function sudoPassword(host: Reachable, password: Input<string>): remote.Command {
  const script = asUser(scriptOf('keep-sudo-password.sh', { FILE: askpassFile }));
  const program = output(password).apply(
    (word) => `#!/bin/sh\nprintf '%s\\n' ${shellQuote(word)}\n`,
  );
  const undo = `rm -f ~/${askpassFile}`;
  return userCommand(host, 'sudo', { script, undo, stdin: secret(program) });
}
