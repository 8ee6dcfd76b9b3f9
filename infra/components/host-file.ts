import { createHash } from 'node:crypto';
import { dirname } from 'node:path';
import type { remote } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { RenderedFile } from '../render/file.ts';
import { paths } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { scriptOf, shellQuote } from './shell.ts';

/**
 * A file on a host: written whole or not at all (a cut connection fails the digest), named by
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
    SHA256: digest(file.content),
  });
  const undo = [`rm -f ${shellQuote(file.path)}`, ...afterRemoval(file.path)].join('\n');
  return hostCommand(host, file.path.slice(1), { script, undo, stdin: file.content }, options);
}

/** What it takes for the removal of a file to take effect; what it left empty goes too. */
function afterRemoval(path: string): readonly string[] {
  if (path.startsWith(`${paths.units}/`)) return ['systemctl daemon-reload'];
  if (path.startsWith(`${paths.nerveServices}/`)) {
    return ['if systemctl is-active -q nerve; then systemctl reload nerve; fi'];
  }
  if (path.startsWith(`${paths.services}/`)) {
    return [`rmdir --ignore-fail-on-non-empty ${shellQuote(dirname(path))}`];
  }
  return [];
}

/** One digest over files, their places and further facts: what a daemon was started with. */
export function digestOf(files: readonly RenderedFile[], ...facts: readonly string[]): string {
  return digest(JSON.stringify([facts, files.map(({ path, content }) => [path, content])]));
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
