import type { remote } from '@pulumi/command';
import { type CustomResourceOptions, type Input, output } from '@pulumi/pulumi';
import type { RenderedFile } from '../render/file.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { scriptOf, shellQuote } from './shell.ts';

/** A rendered file, or one whose content only running the plan tells. */
export interface HostFile extends Omit<RenderedFile, 'content'> {
  readonly content: Input<string>;
}

/** Commands of a shell that follow, for it to take effect. */
export interface FileEffects {
  readonly whenWritten?: readonly string[];
  readonly whenRemoved?: readonly string[];
}

/** A file on a host, written whole or not at all, and named by host and path. */
export function writtenFile(
  host: Host,
  { path, mode, owner, content }: HostFile,
  { whenWritten = [], whenRemoved = [] }: FileEffects,
  options: CustomResourceOptions,
): remote.Command {
  const end = endMark(mode);
  const write = scriptOf('write-file.sh', { FILE: path, MODE: mode, OWNER: owner, END: end });
  return hostCommand(
    host,
    path.slice(1),
    {
      script: [write, ...whenWritten].join('\n'),
      undo: [`rm -f ${shellQuote(path)}`, ...whenRemoved].join('\n'),
      stdin: withEnd(content, end),
    },
    options,
  );
}

/**
 * Ends what is sent: without it the connection was cut on the way. Short where not everybody may read
 * the file: longer lines of a secret are hidden wherever they are printed, in other files too.
 */
function endMark(mode: string): string {
  return mode.endsWith('0') ? '# end' : '# end of file';
}

/** Whole files of text are many, and outputs take memory. */
function withEnd(content: Input<string>, end: string): Input<string> {
  const ended = (text: string): string => `${text}\n${end}\n`;
  return typeof content === 'string' ? ended(content) : output(content).apply(ended);
}
