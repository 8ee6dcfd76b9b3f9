import { mkdir, mkdtemp, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { announceOnStderr, type PrerequisiteOptions } from '../prerequisites/packages.ts';
import { writeWhole } from '../prerequisites/whole-file.ts';
import { stateFolder } from '../project.ts';
import { type ArchiveEntry, packTarGz } from './archive.ts';

/** Something that is unpacked on hosts: a tar.gz on this machine, named by its content. */
export interface Release {
  /** 16 hexadecimal digits; the same content has the same hash on every machine. */
  readonly hash: string;
  readonly path: string;
}

export interface VersionedRelease extends Release {
  readonly version: string;
}

export interface ReleaseOptions extends PrerequisiteOptions {
  /** Default: `.smartstack/cache`. */
  readonly cacheFolder?: string;
}

/** Makes `<name>-<hash>.tar.gz` in the cache from what `collect` gives, unless it is there. */
export async function cachedRelease(
  name: string,
  hash: string,
  collect: (scratchFolder: string) => Promise<readonly ArchiveEntry[]>,
  options: ReleaseOptions,
): Promise<Release> {
  const folder = cacheFolderOf(options);
  const path = join(folder, `${name}-${hash}.tar.gz`);
  if (!(await isThere(path))) {
    await inScratchFolder(folder, async (scratch) =>
      writeWhole(path, await packTarGz(await collect(scratch))),
    );
  }
  return { hash, path };
}

export function cacheFolderOf(options: ReleaseOptions): string {
  return options.cacheFolder ?? join(stateFolder, 'cache');
}

export function announcer(options: ReleaseOptions): (line: string) => void {
  return options.announce ?? announceOnStderr;
}

/** Whatever becomes of the work, the folder it had to itself is gone after it. */
export async function inScratchFolder(
  parent: string,
  work: (folder: string) => Promise<void>,
): Promise<void> {
  await mkdir(parent, { recursive: true });
  const scratch = await mkdtemp(join(parent, 'making-'));
  try {
    await work(scratch);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function isThere(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
