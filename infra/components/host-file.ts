import { dirname } from 'node:path';
import type { remote } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import { paths } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { reloadIfActive, shellQuote } from './shell.ts';
import { type HostFile, writtenFile } from './written-file.ts';

/** A file on a host, so that a preview reads as a list of what changes where. */
export function hostFile(
  host: Host,
  file: HostFile,
  options: CustomResourceOptions,
): remote.Command {
  return writtenFile(host, file, { whenRemoved: afterRemoval(file.path) }, options);
}

/** What it takes for the removal of a file to take effect; what it left empty goes too. */
function afterRemoval(path: string): readonly string[] {
  if (path.startsWith(`${paths.units}/`)) return ['systemctl daemon-reload'];
  if (path.startsWith(`${paths.nerveServices}/`)) return [reloadIfActive('nerve')];
  if (
    [paths.services, paths.tls, paths.zookeeperTls].some((folder) => path.startsWith(`${folder}/`))
  ) {
    // Whoever removes another file of the folder at the same time may be there first.
    return [`rmdir --ignore-fail-on-non-empty ${shellQuote(dirname(path))} 2> /dev/null || true`];
  }
  return [];
}
