import type { remote } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { RenderedFile } from '../render/file.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { ingredientFile, ingredientList } from './ingredients.ts';
import { scriptOf } from './shell.ts';

export interface DeployedServiceArgs {
  readonly name: string;
  /** Where the instance listens. */
  readonly port: number;
  readonly files: readonly RenderedFile[];
  /** The same, on the host. */
  readonly written: readonly remote.Command[];
}

/**
 * A service that the catalog runs: any change of its files takes a restart, and that is over when
 * its instance is registered again.
 */
export function deployedService(
  host: Host,
  { name, port, files, written }: DeployedServiceArgs,
  options: CustomResourceOptions,
): remote.Command {
  const unit = { UNIT: name };
  const script = [
    scriptOf('was-registered.sh', { ...unit, PORT: `${port}` }),
    scriptOf('start-daemon.sh', { ...unit, CHECK: '' }),
    scriptOf('await-registered.sh', unit),
  ].join('\n');
  const undo = scriptOf('stop-daemon.sh', unit);
  const stdin = ingredientList(files.map((file) => ingredientFile('restart', file)));
  return hostCommand(host, `${name}.service`, { script, undo, stdin, written }, options);
}
