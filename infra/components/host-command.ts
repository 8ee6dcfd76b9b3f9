import { remote } from '@pulumi/command';
import type { CustomResourceOptions, Input } from '@pulumi/pulumi';
import type { Connection, Host, JumpHost } from '../targets/host.ts';
import { asRoot } from './shell.ts';

export interface HostCommandArgs {
  /** Run on creation and on every change of it or of `stdin`; idempotent. */
  readonly script: string;
  /** Run when the resource goes and its machine stays. */
  readonly undo?: string;
  readonly stdin?: Input<string>;
  /** A change of one makes another command of it: what was done for the last is forgotten. */
  readonly triggers?: readonly string[];
}

/** A host of the catalog, or a machine on the way there. */
export interface Reachable extends Pick<Host, 'name' | 'machine'> {
  readonly connection: Connection | JumpHost;
}

/** Something done on a host over ssh, in bash and as root, named `<host>/<what>`. */
export function hostCommand(
  host: Reachable,
  what: string,
  { undo, ...args }: HostCommandArgs,
  options: CustomResourceOptions,
): remote.Command {
  const script = asRoot(args.script);
  const rest = undo === undefined ? {} : { undo: asRoot(undo) };
  return userCommand(host, what, { ...args, script, ...rest }, options);
}

/** The same by whoever logs in, in the words of a shell as they are. */
export function userCommand(
  { name, machine, connection }: Reachable,
  what: string,
  { script, undo, stdin, triggers }: HostCommandArgs,
  options: CustomResourceOptions = {},
): remote.Command {
  return new remote.Command(
    `${name}/${what}`,
    {
      connection,
      create: script,
      ...(undo === undefined ? {} : { delete: undo }),
      ...(stdin === undefined ? {} : { stdin }),
      ...(triggers === undefined ? {} : { triggers: [...triggers] }),
      // Outputs of the run before would come in as variables, and sshd refuses variables.
      addPreviousOutputInEnv: false,
      logging: remote.Logging.Stderr,
    },
    // A machine that goes takes along what is on it: nothing to undo over ssh. On one that is made anew,
    // its other host key has all done again. Up to 3.259 Pulumi runs an update for that, later ones
    // replace what goes with a machine, and undo nothing either: pulumi/pulumi#23818. A trigger that
    // changes with the machine would be undone on the dead one before: pulumi/pulumi#19924.
    machine === undefined ? options : { ...options, deletedWith: machine },
  );
}
