import { remote } from '@pulumi/command';
import { type Input, output, secret } from '@pulumi/pulumi';
import { askpassFile, asUser, scriptOf, shellQuote } from '../components/shell.ts';
import type { Host } from './host.ts';

/**
 * Lets what runs as root on a host get there through a sudo that asks for a password: a program that
 * says it, for its user's eyes alone, for as long as the host is ours.
 */
export function sudoPassword(
  { name, connection }: Pick<Host, 'name' | 'connection'>,
  password: Input<string>,
): remote.Command {
  const script = scriptOf('keep-sudo-password.sh', { FILE: askpassFile });
  const program = output(password).apply(
    (word) => `#!/bin/sh\nprintf '%s\\n' ${shellQuote(word)}\n`,
  );
  return new remote.Command(`${name}/sudo`, {
    connection,
    create: asUser(script),
    delete: `rm -f ~/${askpassFile}`,
    stdin: secret(program),
    addPreviousOutputInEnv: false,
    logging: remote.Logging.Stderr,
  });
}
