import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { becomeRoot } from '../../prerequisites/as-root.ts';
import { runCommand } from '../../prerequisites/command.ts';
import { withLock } from '../../prerequisites/wait-for-lock.ts';
import { contentHash } from '../../releases/archive.ts';
import { announcer, cacheFolderOf, type ReleaseOptions } from '../../releases/release.ts';
import { zookeeperRelease, zookeeperReleaseHash } from '../../releases/zookeeper.ts';
import { foldersInUse } from './lxc.ts';
import { vagrantFolder, workFolder } from './stack-files.ts';
import { vagrantHome } from './vagrant-command.ts';

const recipeFolder = join(vagrantFolder, 'box');
const prefix = 'smartstack-golden-';
const lock = join(workFolder, 'box.lock');

/**
 * The golden box's name, after building it unless Vagrant has it. The name carries the hash of
 * everything that goes into it, so a changed recipe is a new box; machines keep theirs.
 */
export async function ensureGoldenBox(options: ReleaseOptions = {}): Promise<string> {
  const zookeeper = await zookeeperRelease(options);
  const name = `${prefix}${await recipeHash(zookeeper.hash)}`;
  await withLock(lock, async () => {
    if (existsSync(join(boxFolder(name), '0/lxc/rootfs.tar.gz'))) return;
    await removeUnusedBoxes();
    announcer(options)('Building the golden box (Debian 12, Java, ZooKeeper, HAProxy): a minute …');
    const file = join(cacheFolderOf(options), `${name}.box`);
    try {
      await build(file, zookeeper);
      await runCommand('vagrant', ['box', 'add', '--name', name, '--provider', 'lxc', file]);
    } finally {
      await rm(file, { force: true });
    }
  });
  return name;
}

/** Changes when the golden box is to be built anew. */
export async function goldenBoxRecipe(): Promise<string> {
  return recipeHash(await zookeeperReleaseHash());
}

/** Names of the golden boxes that Vagrant has. */
export async function goldenBoxes(): Promise<string[]> {
  const names = await readdir(join(vagrantHome(), 'boxes')).catch(() => []);
  return names.filter((name) => name.startsWith(prefix)).sort();
}

/** Removes golden boxes, except those that a container is laid over; returns their names. */
export async function removeUnusedBoxes(): Promise<string[]> {
  const boxes = await goldenBoxes();
  if (boxes.length === 0) return [];
  const used = await foldersInUse(boxes.map(boxFolder));
  const unused = boxes.filter((name) => !used.includes(boxFolder(name)));
  const root = await becomeRoot('to remove the unpacked golden box');
  // Vagrant itself could not: what a box was unpacked to belongs to root.
  if (unused.length > 0) await root.run(['rm', '-rf', ...unused.map(boxFolder)]);
  return unused;
}

async function build(
  output: string,
  zookeeper: { readonly path: string; readonly hash: string },
): Promise<void> {
  await mkdir(join(output, '..'), { recursive: true });
  const root = await becomeRoot('to build the golden box');
  const environment = [
    `ZOOKEEPER_ARCHIVE=${zookeeper.path}`,
    `ZOOKEEPER_HASH=${zookeeper.hash}`,
    `PATH=${process.env.PATH ?? ''}:/usr/sbin:/sbin`,
  ];
  await root.run(['env', ...environment, join(recipeFolder, 'build.sh'), output]);
}

async function recipeHash(zookeeperHash: string): Promise<string> {
  const names = await readdir(recipeFolder);
  const files = await Promise.all(
    names.map(async (name) => ({
      path: name,
      mode: 0o644 as const,
      content: await readFile(join(recipeFolder, name)),
    })),
  );
  const inputs = Buffer.from(`${zookeeperHash} ${process.arch}`);
  return contentHash([...files, { path: 'inputs', mode: 0o644, content: inputs }]).slice(0, 12);
}

function boxFolder(name: string): string {
  return join(vagrantHome(), 'boxes', name);
}
