import { setTimeout as sleep } from 'node:timers/promises';
import { CommandError, type CommandResult, lastLines, runCommand, tryCommand } from './command.ts';

/** What one `apt-get install` would bring, computed without doing it. */
export interface InstallPlan {
  /** New packages, dependencies included; never those that are merely upgraded. */
  readonly brings: readonly string[];
}

export type AptPlan = { readonly ok: true; readonly plan: InstallPlan } | AptFailure;

interface AptFailure {
  readonly ok: false;
  readonly reason: string;
}

const installOptions = [
  '--no-install-recommends',
  // Somebody else may be at it, such as unattended-upgrades.
  '-o',
  'DPkg::Lock::Timeout=300',
  // What was downloaded is of no use once it is installed.
  '-o',
  'APT::Keep-Downloaded-Packages=false',
] as const;

const aptEnvironment: NodeJS.ProcessEnv = { ...process.env, LC_ALL: 'C' };

export async function hasApt(): Promise<boolean> {
  return (await tryCommand('apt-get', ['--version'])).code === 0;
}

/** Those of `names` that are installed. */
export function installedPackages(names: readonly string[]): Promise<string[]> {
  return packagesWithStatus(names, ['installed']);
}

/** Those of `names` that were removed and left something behind, or are neither here nor there. */
export function residualPackages(names: readonly string[]): Promise<string[]> {
  return packagesWithStatus(names, [
    'config-files',
    'half-installed',
    'half-configured',
    'unpacked',
  ]);
}

/** From `dpkg-query -W`, name → status; a package may carry its architecture (`libc6:amd64`). */
export function parseStatus(listing: string): Map<string, string> {
  return new Map(
    listing.split('\n').flatMap((line) => {
      const [, name, status] = /^([^\s:]+)(?::\S+)? (\S+)$/.exec(line) ?? [];
      return name === undefined || status === undefined ? [] : [[name, status]];
    }),
  );
}

async function packagesWithStatus(
  names: readonly string[],
  wanted: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the format is dpkg-query's own
  const format = '${binary:Package} ${db:Status-Status}\n';
  const { stdout } = await tryCommand('dpkg-query', ['-W', '-f', format, ...names]);
  const status = parseStatus(stdout);
  return names.filter((name) => wanted.includes(status.get(name) ?? ''));
}

export async function planInstall(names: readonly string[]): Promise<AptPlan> {
  const result = await tryCommand('apt-get', ['install', '-s', ...installOptions, ...names], {
    env: aptEnvironment,
  });
  if (result.code !== 0) return { ok: false, reason: whyNot(result) };
  return { ok: true, plan: { brings: parseSimulation(result.stdout, 'Inst') } };
}

/** `Inst name (version …)` is new; `Inst name [old version] (…)` is an upgrade. */
export function parseSimulation(output: string, verb: 'Inst' | 'Remv'): string[] {
  return output.split('\n').flatMap((line) => {
    const [word, name, next] = line.split(' ');
    if (word !== verb || name === undefined) return [];
    return verb === 'Inst' && next?.startsWith('[') ? [] : [name.replace(/:.*$/, '')];
  });
}

/** Waits its turn, five minutes at most: apt itself gives up at once where others are at it. */
export async function updateLists(prefix: readonly string[]): Promise<void> {
  const end = performance.now() + 300_000;
  for (;;) {
    try {
      return await asRoot(prefix, ['apt-get', 'update', '-q']);
    } catch (error) {
      const isBusy = error instanceof CommandError && error.message.includes('lists/lock');
      if (!isBusy || performance.now() > end) throw error;
      await sleep(1_000);
    }
  }
}

export async function install(prefix: readonly string[], names: readonly string[]): Promise<void> {
  await asRoot(prefix, ['apt-get', 'install', '-y', '-q', ...installOptions, ...names]);
}

/**
 * Those of `names` that no other installed package depends on. Marks them as brought for others'
 * sake, which is what they were, so that apt can tell.
 */
export async function unneeded(
  prefix: readonly string[],
  names: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  await asRoot(prefix, ['apt-mark', 'auto', ...names]);
  const weakTies = ['Recommends', 'Suggests'].map((tie) => [
    '-o',
    `APT::AutoRemove::${tie}Important=false`,
  ]);
  const { stdout } = await runCommand('apt-get', ['autoremove', '-s', ...weakTies.flat()], {
    env: aptEnvironment,
  });
  const removable = parseSimulation(stdout, 'Remv');
  return names.filter((name) => removable.includes(name));
}

export async function purge(prefix: readonly string[], names: readonly string[]): Promise<void> {
  const wait = ['-o', 'DPkg::Lock::Timeout=300'];
  await asRoot(prefix, ['apt-get', 'purge', '-y', '-q', ...wait, ...names]);
}

async function asRoot(prefix: readonly string[], command: readonly string[]): Promise<void> {
  // sudo thinks that without it root is lost; whoever had no sudo before is root already.
  const quiet = ['env', 'DEBIAN_FRONTEND=noninteractive', 'LC_ALL=C', 'SUDO_FORCE_REMOVE=yes'];
  const [program = 'env', ...args] = [...prefix, ...quiet, ...command];
  await runCommand(program, args);
}

function whyNot(result: CommandResult): string {
  return lastLines(result.stderr.replaceAll(/^E: /gm, ''), 3) || 'apt-get could not be run';
}
