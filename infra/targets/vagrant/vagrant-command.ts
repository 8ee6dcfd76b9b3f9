import { homedir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, tryCommand } from '../../prerequisites/command.ts';
import { vagrantFolder } from './stack-files.ts';

/** Runs Vagrant on our Vagrantfile; its failure is part of the result. */
export function vagrant(
  args: readonly string[],
  onLine?: (line: string) => void,
): Promise<CommandResult> {
  return tryCommand('vagrant', [...args, '--no-color', '--no-tty'], {
    env: {
      ...process.env,
      VAGRANT_CWD: vagrantFolder,
      VAGRANT_DOTFILE_PATH: dotFolder,
      VAGRANT_CHECKPOINT_DISABLE: '1',
    },
    ...(onLine === undefined ? {} : { onLine }),
  });
}

/** Vagrant's notes on the machines that it made from our Vagrantfile. */
export const dotFolder = join(vagrantFolder, '.vagrant');

/** Where Vagrant keeps boxes. */
export function vagrantHome(): string {
  return process.env.VAGRANT_HOME ?? join(homedir(), '.vagrant.d');
}
