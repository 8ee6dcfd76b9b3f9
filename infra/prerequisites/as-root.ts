import { type CommandOptions, type CommandResult, runCommand, tryCommand } from './command.ts';
import { PrerequisiteError } from './packages.ts';
import { findPrivilege } from './privilege.ts';

/** Runs programs as root, by sudo where this user is not. */
export interface Root {
  run(command: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  try(command: readonly string[], options?: CommandOptions): Promise<CommandResult>;
}

/** Nobody can type a password in the middle of a run: throws where root would need one. */
export async function becomeRoot(purpose: string): Promise<Root> {
  const privilege = await findPrivilege(false);
  if (privilege.kind === 'none') {
    throw new PrerequisiteError(
      `this user may not act as root, which is needed ${purpose}`,
      'run it as root, or let this user use sudo without a password',
    );
  }
  const split = (command: readonly string[]): [string, readonly string[]] => {
    const [program = 'true', ...args] = [...privilege.prefix, ...command];
    return [program, args];
  };
  return {
    run: (command, options) => runCommand(...split(command), options),
    try: (command, options) => tryCommand(...split(command), options),
  };
}
