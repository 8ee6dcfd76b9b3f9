import { dirname } from 'node:path';
import type { remote } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { RenderedFile } from '../render/file.ts';
import { paths } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { reloadIfActive, scriptOf, shellQuote } from './shell.ts';

/** Ends what is sent: without it the connection was cut on the way. */
const endMark = '# end of file';

/**
 * A file on a host: written whole or not at all, named by
 * host and path so that a preview reads as a list of what changes where.
 */
export function hostFile(
  host: Host,
  file: RenderedFile,
  options: CustomResourceOptions,
): remote.Command {
  const script = scriptOf('write-file.sh', {
    FILE: file.path,
    MODE: file.mode,
    OWNER: file.owner,
    END: endMark,
  });
  const undo = [`rm -f ${shellQuote(file.path)}`, ...afterRemoval(file.path)].join('\n');
  return hostCommand(
    host,
    file.path.slice(1),
    { script, undo, stdin: `${file.content}\n${endMark}\n` },
    options,
  );
}

/** What it takes for the removal of a file to take effect; what it left empty goes too. */
function afterRemoval(path: string): readonly string[] {
  if (path.startsWith(`${paths.units}/`)) return ['systemctl daemon-reload'];
  if (path.startsWith(`${paths.nerveServices}/`)) {
    return [reloadIfActive('nerve')];
  }
  if (path.startsWith(`${paths.services}/`)) {
    return [`rmdir --ignore-fail-on-non-empty ${shellQuote(dirname(path))}`];
  }
  return [];
}
