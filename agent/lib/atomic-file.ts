import type { FileHandle } from 'node:fs/promises';
import * as nodeFs from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What this module needs of `node:fs/promises`; a test injects a disk that fails. */
export interface AtomicFileSystem {
  readFile(path: string): Promise<Buffer>;
  open(path: string, flags: string, mode?: number): Promise<AtomicFileHandle>;
  rename(from: string, to: string): Promise<void>;
  rm(path: string, options: { force: boolean }): Promise<void>;
}

export type AtomicFileHandle = Pick<FileHandle, 'writeFile' | 'sync' | 'chmod' | 'close'>;

export interface AtomicWriteOptions {
  /** Permission bits of the file; default 0o644. */
  readonly mode?: number;
  readonly fs?: AtomicFileSystem;
}

/**
 * Law 7: at any instruction the path holds the old content or the new one, whole.
 *
 * Written beside the target, synced, renamed, and the directory synced. Content equal to what is
 * there is not written. Rejects with the file system's error; the temporary file is removed then.
 * Calls for one path must not overlap.
 */
export async function writeFileAtomically(
  path: string,
  content: string | Buffer,
  options: AtomicWriteOptions = {},
): Promise<'written' | 'unchanged'> {
  const fs = options.fs ?? nodeFs;
  const wanted = Buffer.from(content);
  if (await holds(fs, path, wanted)) return 'unchanged';
  // A fixed name: what a killed process left behind is overwritten instead of piling up.
  const temporary = join(dirname(path), `.${basename(path)}.tmp`);
  try {
    await writeSynced(fs, temporary, wanted, options.mode ?? 0o644);
    await fs.rename(temporary, path);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
    throw error;
  }
  await syncDirectory(fs, dirname(path));
  return 'written';
}

async function holds(fs: AtomicFileSystem, path: string, wanted: Buffer): Promise<boolean> {
  try {
    return wanted.equals(await fs.readFile(path));
  } catch {
    // Missing or unreadable: the write that follows decides.
    return false;
  }
}

async function writeSynced(
  fs: AtomicFileSystem,
  path: string,
  content: Buffer,
  mode: number,
): Promise<void> {
  const file = await fs.open(path, 'w', mode);
  try {
    await file.writeFile(content);
    // open() is subject to the umask and keeps the mode of a file that exists.
    await file.chmod(mode);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncDirectory(fs: AtomicFileSystem, path: string): Promise<void> {
  const directory = await fs.open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
