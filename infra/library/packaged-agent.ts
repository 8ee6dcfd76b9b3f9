/** The agent as the package carries it: bundled when that is built, as it stands on hosts. */
import { readdir, readFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { type ArchiveEntry, contentHash } from '../releases/archive.ts';
import { cachedRelease, type Release, type ReleaseOptions } from '../releases/release.ts';

/** There in the package only; relative to this file. */
export const agentFolder = 'agent';

/** The same as `buildAgentRelease` gives, byte for byte, without its source and its bundler. */
export async function packagedAgentRelease(options: ReleaseOptions): Promise<Release> {
  const entries = await agentFiles(join(import.meta.dirname, agentFolder));
  return cachedRelease('agent', contentHash(entries), async () => entries, options);
}

async function agentFiles(folder: string): Promise<readonly ArchiveEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = found.filter((entry) => entry.isFile());
  return await Promise.all(
    files.map(async ({ parentPath, name }) => {
      const file = join(parentPath, name);
      const path = relative(folder, file).split(sep).join('/');
      return { path, mode: 0o644, content: await readFile(file) } as const;
    }),
  );
}
