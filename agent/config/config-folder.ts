import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface ServiceFilePath {
  /** The service's: the file's name without its ending. */
  readonly name: string;
  readonly path: string;
}

/**
 * The files of a `service_conf_dir`, sorted; hidden ones, such as those an editor is at work on,
 * are none of them. Where YAML and JSON are of one name, JSON comes last and wins, as in the
 * originals, which glob `*.{yaml,json}`. `undefined` when the folder cannot be read.
 */
export async function serviceFilesIn(
  folder: string,
): Promise<readonly ServiceFilePath[] | undefined> {
  const names = await readdir(folder).catch(() => undefined);
  return names
    ?.filter((name) => /^[^.].*\.(?:json|ya?ml)$/.test(name))
    .sort(byNameThenPrecedence)
    .map((file) => ({ name: nameOf(file), path: join(folder, file) }));
}

function byNameThenPrecedence(a: string, b: string): number {
  const [nameA, nameB] = [nameOf(a), nameOf(b)];
  if (nameA !== nameB) return nameA < nameB ? -1 : 1;
  return a > b ? -1 : 1;
}

function nameOf(file: string): string {
  return file.replace(/\.[^.]+$/, '');
}
