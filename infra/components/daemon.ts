import type { remote } from '@pulumi/command';
import type { CustomResourceOptions, Output } from '@pulumi/pulumi';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { type Ingredient, ingredientInput } from './ingredients.ts';
import { scriptOf } from './shell.ts';

export interface DaemonArgs {
  /** Name of the unit, without `.service`. */
  readonly unit: string;
  readonly ingredients: readonly Ingredient[];
  /** The same, where only running the plan tells. */
  readonly late?: readonly Output<Ingredient>[];
  /** Its files on the host. */
  readonly written: readonly remote.Command[];
  /** A command that must pass before the unit is touched (law 5). */
  readonly check?: string;
  /** A script that waits until it has taken effect. */
  readonly settled?: string;
}

/** A unit of systemd, running with the configuration that is installed. */
export function daemon(
  host: Host,
  { unit, ingredients, late = [], written, check = '', settled = '' }: DaemonArgs,
  options: CustomResourceOptions,
): remote.Command {
  const start = scriptOf('start-daemon.sh', { UNIT: unit, CHECK: check });
  const script = [start, settled].filter((part) => part !== '').join('\n');
  const undo = scriptOf('stop-daemon.sh', { UNIT: unit });
  const stdin = ingredientInput(ingredients, late);
  return hostCommand(host, `${unit}.service`, { script, undo, stdin, written }, options);
}
