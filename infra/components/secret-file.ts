import type { remote } from '@pulumi/command';
import { type CustomResourceOptions, type Input, output, secret } from '@pulumi/pulumi';
import { user } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { reloadIfActive, scriptOf, shellQuote } from './shell.ts';

export interface SecretFileArgs {
  readonly path: string;
  readonly content: Input<string>;
  /** The unit that reads it. */
  readonly unit: string;
}

/** Short: longer lines of a secret are hidden wherever they are printed, in other files too. */
const endMark = '# end';

/**
 * A file on a host for the daemons' eyes alone, whose content is encrypted in the state and hidden
 * in what is printed. It brings its unit to read it: no digest of it stands among what the unit
 * runs on, where it could be guessed from.
 */
export function secretFile(
  host: Host,
  { path, content, unit }: SecretFileArgs,
  options: CustomResourceOptions,
): remote.Command {
  const write = scriptOf('write-file.sh', {
    FILE: path,
    MODE: '0400',
    OWNER: user,
    END: endMark,
  });
  return hostCommand(
    host,
    path.slice(1),
    {
      script: [write, reloadIfActive(unit)].join('\n'),
      undo: `rm -f ${shellQuote(path)}`,
      stdin: secret(output(content).apply((text) => `${text}\n${endMark}\n`)),
    },
    options,
  );
}
