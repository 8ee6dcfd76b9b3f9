import type { remote } from '@pulumi/command';
import type { CustomResourceOptions, Output } from '@pulumi/pulumi';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { type Ingredient, ingredientList } from './ingredients.ts';
import { scriptOf } from './shell.ts';

export interface DaemonArgs {
  /** Name of the unit, without `.service`. */
  readonly unit: string;
  readonly ingredients: readonly Ingredient[];
  /** The same, where only running the plan tells. */
  readonly more?: Output<Ingredient> | undefined;
  /** A command that must pass before the unit is touched (law 5). */
  readonly check?: string;
}

/** A unit of systemd, running with the configuration that is installed. */
export function daemon(
  host: Host,
  { unit, ingredients, more, check = '' }: DaemonArgs,
  options: CustomResourceOptions,
): remote.Command {
  const script = scriptOf('start-daemon.sh', { UNIT: unit, CHECK: check });
  const undo = scriptOf('stop-daemon.sh', { UNIT: unit });
  const stdin =
    more?.apply((one) => ingredientList([...ingredients, one])) ?? ingredientList(ingredients);
  return hostCommand(host, `${unit}.service`, { script, undo, stdin }, options);
}
