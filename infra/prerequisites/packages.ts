import { join } from 'node:path';
import { stateFolder } from '../project.ts';
import {
  hasApt,
  type InstallPlan,
  install,
  installedPackages,
  planInstall,
  purge,
  residualPackages,
  unneeded,
  updateLists,
} from './apt.ts';
import { type Ledger, openLedger } from './ledger.ts';
import { findPrivilege, type Privilege } from './privilege.ts';
import { withLock } from './wait-for-lock.ts';

export interface PrerequisiteOptions {
  readonly ledger?: Ledger;
  /** Tells the user what is about to happen; default: a line on standard error. */
  readonly announce?: (line: string) => void;
  readonly findPrivilege?: () => Promise<Privilege>;
  /** Default: true. Else what is missing is only told: the machine is somebody else's affair. */
  readonly mayInstall?: boolean;
}

/** Something that must be on this machine is not, and this program may not bring it. */
export class PrerequisiteError extends Error {
  constructor(missing: string, fix: string) {
    super(`${missing}\n  to fix it: ${fix}`);
    this.name = 'PrerequisiteError';
  }
}

/** apt waits for its turn to install, but not for its turn to fetch package lists. */
const aptLock = join(stateFolder, 'cache/apt.lock');

export function announceOnStderr(line: string): void {
  process.stderr.write(`${line}\n`);
}

/**
 * Brings Debian packages that are missing here. `purpose` says what they are for, such as
 * "to resolve ZooKeeper's jars". What comes in is noted in the ledger before it is installed.
 *
 * Throws a `PrerequisiteError` that names the fix where it may not, a `CommandError` where apt fails.
 */
export async function ensurePackages(
  names: readonly string[],
  purpose: string,
  options: PrerequisiteOptions = {},
): Promise<void> {
  const there = await installedPackages(names);
  const missing = names.filter((name) => !there.includes(name));
  if (missing.length === 0) return;
  const fix = `sudo apt-get install ${missing.join(' ')}`;
  const needed = `needed ${purpose}: ${missing.join(', ')}`;
  if (!(await hasApt())) throw new PrerequisiteError(needed, manualFix(missing));
  if (options.mayInstall === false) throw new PrerequisiteError(needed, fix);
  const privilege = await (options.findPrivilege ?? findPrivilege)();
  if (privilege.kind === 'none') {
    throw new PrerequisiteError(`needed ${purpose}, and this user is not root: ${missing}`, fix);
  }
  await withLock(aptLock, () => bring(missing, purpose, privilege.prefix, options));
}

/** Takes away what the ledger lists; returns what it removed. Keeps what others have come to need. */
export async function removeBroughtPackages(options: PrerequisiteOptions = {}): Promise<string[]> {
  const announce = options.announce ?? announceOnStderr;
  const ledger = options.ledger ?? openLedger();
  const listed = await ledger.packages();
  const brought = await installedPackages(listed);
  const residue = await residualPackages(listed);
  if (brought.length + residue.length === 0) return [];
  const privilege = await (options.findPrivilege ?? findPrivilege)();
  if (privilege.kind === 'none') {
    throw new PrerequisiteError(
      'this user is not root and cannot remove the packages that were brought',
      `sudo apt-get purge ${brought.join(' ')}`,
    );
  }
  const going = [...(await unneeded(privilege.prefix, brought)), ...residue];
  const staying = brought.filter((name) => !going.includes(name));
  if (staying.length > 0) announce(`Keeping what other packages need by now: ${staying.join(' ')}`);
  if (going.length === 0) return [];
  announce(`Removing with apt what was brought: ${going.join(' ')} …`);
  await purge(privilege.prefix, going);
  await ledger.remove(listed);
  return going;
}

async function bring(
  wanted: readonly string[],
  purpose: string,
  prefix: readonly string[],
  options: PrerequisiteOptions,
): Promise<void> {
  // Another process of ours may have been at it while we waited for our turn.
  const there = await installedPackages(wanted);
  const missing = wanted.filter((name) => !there.includes(name));
  if (missing.length === 0) return;
  const plan = await planWithFreshLists(missing, prefix);
  const further = plan.brings.length - missing.length;
  const also = further > 0 ? ` (and ${further} packages that they need)` : '';
  (options.announce ?? announceOnStderr)(
    `Installing with apt ${purpose}: ${missing.join(' ')}${also} …`,
  );
  const ledger = options.ledger ?? openLedger();
  await ledger.add(plan.brings);
  try {
    await installWithFreshLists(prefix, missing);
  } catch (error) {
    // What somebody installs later is theirs.
    const came = await installedPackages(plan.brings);
    await ledger.remove(plan.brings.filter((name) => !came.includes(name)));
    throw error;
  }
}

/** Old package lists name versions that are gone from the servers. */
async function installWithFreshLists(
  prefix: readonly string[],
  missing: readonly string[],
): Promise<void> {
  try {
    await install(prefix, missing);
  } catch {
    await updateLists(prefix);
    await install(prefix, missing);
  }
}

/** A pristine machine has no package lists: they are fetched when the first try finds nothing. */
async function planWithFreshLists(
  missing: readonly string[],
  prefix: readonly string[],
): Promise<InstallPlan> {
  const first = await planInstall(missing);
  if (first.ok) return first.plan;
  await updateLists(prefix);
  const second = await planInstall(missing);
  if (second.ok) return second.plan;
  throw new PrerequisiteError(
    `apt cannot install ${missing.join(' ')}: ${second.reason}`,
    'check the package sources of this machine (/etc/apt)',
  );
}

function manualFix(missing: readonly string[]): string {
  return `install what Debian calls ${missing.join(', ')} with this system's own package manager`;
}
