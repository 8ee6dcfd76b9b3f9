import { remote } from '@pulumi/command';
import { all, type CustomResourceOptions, type Input, mergeOptions } from '@pulumi/pulumi';
import type { Connection, Host, JumpHost } from '../targets/host.ts';
import { asRoot } from './shell.ts';

export interface HostCommandArgs {
  /** Run on creation and on every change of it or of `stdin`; idempotent. */
  readonly script: string;
  /** Run when the resource goes and its machine stays. */
  readonly undo?: string;
  readonly stdin?: Input<string>;
  /**
   * Files on the host that it brings into effect: it runs after them, and again when one of them has
   * changed there, as each says. Of a command that failed, Pulumi remembers what it was before: where
   * somebody takes the files back, it would be unchanged, and the host left as the failure left it.
   */
  readonly written?: readonly remote.Command[];
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
  { script, undo, written, ...args }: HostCommandArgs,
  options: CustomResourceOptions,
): remote.Command {
  const rest = { ...args, ...(undo === undefined ? {} : { undo: asRoot(undo) }) };
  if (written === undefined) {
    return userCommand(host, what, { ...rest, script: asRoot(script) }, options);
  }
  const times = all(written.map(({ stdout }) => stdout));
  const withTimes = times.apply((known) => asRoot(`${script}\n# ${known.join(' ')}`));
  const after = mergeOptions(options, { dependsOn: [...written] });
  return userCommand(host, what, { ...rest, script: withTimes }, after);
}

interface UserCommandArgs extends Omit<HostCommandArgs, 'script' | 'written'> {
  readonly script: Input<string>;
}

/** The same by whoever logs in, in the words of a shell as they are. */
export function userCommand(
  { name, machine, connection }: Reachable,
  what: string,
  { script, undo, stdin, triggers }: UserCommandArgs,
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
