/** What outlives `down`: named by it, and taken away by `down -- --all`. */
import { existsSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { installedPackages } from '../../prerequisites/apt.ts';
import { openLedger } from '../../prerequisites/ledger.ts';
import { type PrerequisiteOptions, removeBroughtPackages } from '../../prerequisites/packages.ts';
import { projectFolder, stateFolder } from '../../project.ts';
import { loadDefinitions } from './definition.ts';
import { goldenBoxes, removeUnusedBoxes } from './golden-box.ts';
import { isNetworkUp, stopNetwork } from './network.ts';
import { settledBefore } from './settings.ts';
import { type StackFiles, stackFiles } from './stack-files.ts';
import { dotFolder, vagrantHome } from './vagrant-command.ts';

export interface KeptPrerequisites {
  readonly boxes: readonly string[];
  /** Debian packages that this project brought and that are still there. */
  readonly packages: readonly string[];
  /** Folders with what was downloaded or built; relative to the project. */
  readonly caches: readonly string[];
}

/** What this project left on the computer apart from its environments. */
export async function keptPrerequisites(
  options: PrerequisiteOptions = {},
): Promise<KeptPrerequisites> {
  const ledger = options.ledger ?? openLedger();
  const cache = join(stateFolder, 'cache');
  return {
    boxes: await goldenBoxes(),
    packages: await installedPackages(await ledger.packages()),
    caches: existsSync(cache) ? [relative(projectFolder, cache)] : [],
  };
}

/**
 * Takes away the golden box, networks, keys, caches and the packages that were brought; nobody
 * else's. Returns a line for each thing that went. Throws where boxes still run on it.
 */
export async function removePrerequisites(options: PrerequisiteOptions = {}): Promise<string[]> {
  const stacks = await vagrantStacks();
  await expectNoMachines(stacks);
  const removed: string[] = [];
  for (const stack of stacks) removed.push(...(await forgetStack(stack)));
  const boxes = await removeUnusedBoxes();
  removed.push(...boxes.map((box) => `the golden box ${box}`));
  removed.push(...(await removeVagrantsFolders(options)));
  const packages = await removeBroughtPackages(options);
  if (packages.length > 0) removed.push(`the packages ${packages.join(' ')}`);
  await rm(join(stateFolder, 'cache'), { recursive: true, force: true });
  return [...removed, 'the cache .smartstack/cache'];
}

async function vagrantStacks(): Promise<StackFiles[]> {
  const names = await readdir(stateFolder).catch(() => []);
  return names.map((name) => stackFiles(name)).filter(({ settings }) => existsSync(settings));
}

async function expectNoMachines(stacks: readonly StackFiles[]): Promise<void> {
  for (const files of stacks) {
    const machines = await loadDefinitions(files);
    if (machines.length === 0) continue;
    const names = machines.map(({ name }) => name).join(', ');
    throw new Error(
      `the stack "${files.stack}" still has boxes: ${names}; ` +
        `run \`npm run down -- --stack ${files.stack}\` first`,
    );
  }
}

async function forgetStack(files: StackFiles): Promise<string[]> {
  const settings = await settledBefore(files);
  const removed: string[] = [];
  if (settings?.provider === 'lxc' && isNetworkUp(settings)) {
    await stopNetwork(settings);
    removed.push(`the network of the stack "${files.stack}"`);
  }
  for (const path of [
    files.settings,
    files.machines,
    files.privateKey,
    `${files.privateKey}.pub`,
  ]) {
    await rm(path, { recursive: true, force: true });
  }
  return removed;
}

/** Vagrant's notes in this project; its own folder too, if we brought Vagrant and it is unused. */
async function removeVagrantsFolders(options: PrerequisiteOptions): Promise<string[]> {
  await rm(dotFolder, { recursive: true, force: true });
  const brought = await (options.ledger ?? openLedger()).packages();
  const boxes = await readdir(join(vagrantHome(), 'boxes')).catch(() => []);
  const hasPlugins = existsSync(join(vagrantHome(), 'plugins.json'));
  const isThere = existsSync(vagrantHome());
  if (!isThere || !brought.includes('vagrant') || boxes.length > 0 || hasPlugins) return [];
  await rm(vagrantHome(), { recursive: true, force: true });
  return [`Vagrant's folder ${vagrantHome()}`];
}
