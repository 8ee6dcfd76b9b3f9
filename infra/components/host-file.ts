import { dirname } from 'node:path';
import type { remote } from '@pulumi/command';
import { type CustomResourceOptions, type Input, output } from '@pulumi/pulumi';
import type { RenderedFile } from '../render/file.ts';
import { paths } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { reloadIfActive, scriptOf, shellQuote } from './shell.ts';

/** Ends what is sent: without it the connection was cut on the way. */
const endMark = '# end of file';

/** A rendered file, or one whose content only running the plan tells. */
export interface HostFile extends Omit<RenderedFile, 'content'> {
  readonly content: Input<string>;
}

/**
 * A file on a host: written whole or not at all, named by
 * host and path so that a preview reads as a list of what changes where.
 */
export function hostFile(
  host: Host,
  file: HostFile,
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
    { script, undo, stdin: withEnd(file.content) },
    options,
  );
}

/** Whole files of text are many, and outputs take memory. */
function withEnd(content: Input<string>): Input<string> {
  const ended = (text: string): string => `${text}\n${endMark}\n`;
  return typeof content === 'string' ? ended(content) : output(content).apply(ended);
}

/** What it takes for the removal of a file to take effect; what it left empty goes too. */
function afterRemoval(path: string): readonly string[] {
  if (path.startsWith(`${paths.units}/`)) return ['systemctl daemon-reload'];
  if (path.startsWith(`${paths.nerveServices}/`)) {
    return [reloadIfActive('nerve')];
  }
  if ([paths.services, paths.tls].some((folder) => path.startsWith(`${folder}/`))) {
    // Whoever removes another file of the folder at the same time may be there first.
    return [`rmdir --ignore-fail-on-non-empty ${shellQuote(dirname(path))} 2> /dev/null || true`];
  }
  return [];
}
