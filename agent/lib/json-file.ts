/** Files of ours that hold JSON, whole at any time. */
import { readFile } from 'node:fs/promises';
import { writeFileAtomically } from './atomic-file.ts';
import type { Logger } from './logger.ts';

/**
 * `undefined` where there is no file, as at a first start, and where it holds something else than
 * `parse` takes: that is logged, and the file left behind.
 */
export async function loadJsonFile<T>(
  path: string,
  parse: (content: unknown) => T,
  logger: Logger,
): Promise<T | undefined> {
  try {
    return parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing) logger.warn('state-file-unusable', { path, error });
    return undefined;
  }
}

/** Rejects with the file system's error. */
export async function saveJsonFile(
  path: string,
  content: unknown,
  options: { readonly mode?: number } = {},
): Promise<void> {
  await writeFileAtomically(path, `${JSON.stringify(content, undefined, 1)}\n`, options);
}
