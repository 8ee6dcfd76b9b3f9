import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

export interface ServiceFilePath {
  /** The service's: the file's name without its ending. */
  readonly name: string;
  readonly path: string;
}

/**
 * The files of a `service_conf_dir`, sorted; hidden ones, such as those an editor is at work on,
 * are none of them. `undefined` when the folder cannot be read.
 */
export async function serviceFilesIn(
  folder: string,
): Promise<readonly ServiceFilePath[] | undefined> {
  const names = await readdir(folder).catch(() => undefined);
  return names
    ?.filter((name) => /^[^.].*\.(?:json|ya?ml)$/.test(name))
    .sort()
    .map((name) => ({ name: name.replace(/\.[^.]+$/, ''), path: join(folder, name) }));
}
