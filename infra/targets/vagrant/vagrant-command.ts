import { homedir } from 'node:os';
import { join } from 'node:path';
import { type CommandResult, tryCommand } from '../../prerequisites/command.ts';
import { vagrantFolder, workFolder } from './stack-files.ts';

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
      // vagrant-lxc keeps to itself why a container did not start, and writes it here.
      LXC_START_LOG_FILE: containerLog,
    },
    ...(onLine === undefined ? {} : { onLine }),
  });
}

/** Vagrant's notes on the machines that it made from our Vagrantfile. */
export const dotFolder = join(vagrantFolder, '.vagrant');

/** What `lxc-start` said, of all containers. */
export const containerLog = join(workFolder, 'log/lxc-start.log');

/** Where Vagrant keeps boxes. */
export function vagrantHome(): string {
  return process.env.VAGRANT_HOME ?? join(homedir(), '.vagrant.d');
}
