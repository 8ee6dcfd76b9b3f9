import type { remote } from '@pulumi/command';
import { type CustomResourceOptions, type Input, secret } from '@pulumi/pulumi';
import { user } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { reloadIfActive } from './shell.ts';
import { type HostFile, writtenFile } from './written-file.ts';

export interface SecretFileArgs {
  readonly path: string;
  readonly content: Input<string>;
  /** The unit that reads it. */
  readonly unit: string;
}

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
  const file: HostFile = { path, mode: '0400', owner: user, content: secret(content) };
  return writtenFile(host, file, { whenWritten: [reloadIfActive(unit)] }, options);
}
