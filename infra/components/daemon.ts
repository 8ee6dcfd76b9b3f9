import type { remote } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { scriptOf } from './shell.ts';

export interface DaemonArgs {
  /** Name of the unit, without `.service`. */
  readonly unit: string;
  /** Digest of what takes a restart to change. */
  readonly restartKey: string;
  /** Digest of what a reload takes in; the restart's where the unit knows no reload. */
  readonly reloadKey: string;
  /** A command that must pass before the unit is touched (law 5). */
  readonly check?: string;
}

/** A unit of systemd, running with the configuration that is installed. */
export function daemon(
  host: Host,
  { unit, restartKey, reloadKey, check = '' }: DaemonArgs,
  options: CustomResourceOptions,
): remote.Command {
  const script = [
    // A change of any key changes the script, and so runs it again.
    `# configuration ${reloadKey}`,
    scriptOf('start-daemon.sh', { UNIT: unit, KEY: restartKey, CHECK: check }),
  ].join('\n');
  const undo = scriptOf('stop-daemon.sh', { UNIT: unit });
  return hostCommand(host, `${unit}.service`, { script, undo }, options);
}
