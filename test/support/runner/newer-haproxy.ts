/**
 * The HAProxy of the Debian after this one, beside the system's own, which stays as it is: synapse
 * has to get along with both.
 */
import { existsSync } from 'node:fs';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runCommand } from '../../../infra/prerequisites/command.ts';
import { cacheFolderOf, inScratchFolder } from '../../../infra/releases/release.ts';

/** Debian 13, with HAProxy 3.0. */
const suite = 'trixie';

/**
 * Resolves to the folder of a program `haproxy`, downloaded the first time and kept, and says which
 * it is. Throws where this machine cannot have it.
 */
export async function newerHaproxy(): Promise<string> {
  const cache = cacheFolderOf({});
  const folder = join(cache, `haproxy-${suite}`);
  if (!existsSync(folder)) {
    await inScratchFolder(cache, async (scratch) => rename(await fetchTo(scratch), folder));
  }
  const { stdout } = await runCommand(join(folder, 'haproxy'), ['-v']);
  console.log(`  ${stdout.split('\n')[0]}`);
  return folder;
}

async function fetchTo(scratch: string): Promise<string> {
  const folder = join(scratch, 'haproxy');
  await mkdir(folder);
  const options = ['--quiet', '--variant=extract', '--include=haproxy'];
  await runCommand('mmdebstrap', [...options, suite, join(folder, 'root')]);
  await writeFile(join(folder, 'haproxy'), program, { mode: 0o755 });
  return folder;
}

/** Its libraries are newer than the system's, and so has to be what loads them. */
const program = `#!/bin/sh
root=$(dirname "$0")/root
libraries=$(echo "$root"/usr/lib/*-linux-gnu)
exec "$libraries"/ld-linux-*.so.* --library-path "$libraries" --argv0 "$0" "$root/usr/sbin/haproxy" "$@"
`;
