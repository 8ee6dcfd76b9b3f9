import { constants } from 'node:fs';
import { access } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { ensurePackages, type PrerequisiteOptions } from './packages.ts';

/** A program, and the Debian package that carries it. */
export interface Program {
  readonly name: string;
  readonly package: string;
}

/** Sees to it that each program is there, wherever it came from. Errors as `ensurePackages`. */
export async function ensurePrograms(
  programs: readonly Program[],
  purpose: string,
  options: PrerequisiteOptions = {},
): Promise<void> {
  const missing: string[] = [];
  for (const program of programs) {
    if ((await findProgram(program.name)) === undefined) missing.push(program.package);
  }
  if (missing.length > 0) await ensurePackages([...new Set(missing)], purpose, options);
}

/** The folders of PATH, and those that a plain user's PATH lacks on Debian. */
export async function findProgram(
  name: string,
  path: string = process.env.PATH ?? '',
): Promise<string | undefined> {
  for (const folder of [...path.split(delimiter), '/usr/sbin', '/sbin']) {
    const candidate = join(folder, name);
    if (await isExecutable(candidate)) return candidate;
  }
  return undefined;
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
