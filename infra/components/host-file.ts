import { createHash } from 'node:crypto';
import type { remote } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { RenderedFile } from '../render/file.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { scriptOf, shellQuote } from './shell.ts';

/**
 * A file on a host: written whole or not at all (a cut connection fails the digest), named by
 * host and path so that a preview reads as a list of what changes where.
 *
 * @param afterRemoval Bash that makes its removal take effect, such as a reload.
 */
export function hostFile(
  host: Host,
  file: RenderedFile,
  options: CustomResourceOptions,
  afterRemoval = '',
): remote.Command {
  const script = scriptOf('write-file.sh', {
    FILE: file.path,
    MODE: file.mode,
    OWNER: file.owner,
    SHA256: digest(file.content),
  });
  const undo = `rm -f ${shellQuote(file.path)}\n${afterRemoval}`;
  return hostCommand(host, file.path.slice(1), { script, undo, stdin: file.content }, options);
}

/** One digest over files, their places and further facts: what a daemon was started with. */
export function digestOf(files: readonly RenderedFile[], ...facts: readonly string[]): string {
  return digest(JSON.stringify([facts, files.map(({ path, content }) => [path, content])]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
