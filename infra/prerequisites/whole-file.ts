import { type FileHandle, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

type Content = string | Uint8Array;

/** Puts `content` at `path`, whole or not at all; makes the folder. */
export async function writeWhole(path: string, content: Content, mode = 0o644): Promise<void> {
  await staged(path, content, mode, (from) => rename(from, path));
}

/** The same where there is nothing yet; throws where there is. */
export async function writeFirst(path: string, content: Content, mode = 0o644): Promise<void> {
  await staged(path, content, mode, (from) => link(from, path));
}

async function staged(
  path: string,
  content: Content,
  mode: number,
  place: (from: string) => Promise<void>,
): Promise<void> {
  const folder = dirname(path);
  await mkdir(folder, { recursive: true });
  const from = `${path}.${process.pid}.staged`;
  try {
    await synced(from, 'w', mode, (file) => file.writeFile(content));
    await place(from);
    await synced(folder, 'r');
  } finally {
    await rm(from, { force: true });
  }
}

async function synced(
  path: string,
  flags: 'r' | 'w',
  mode?: number,
  write?: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, flags, mode);
  try {
    await write?.(file);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The text of a file, or `undefined` where there is none. */
export async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}
