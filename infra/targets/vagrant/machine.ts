import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines } from '../../prerequisites/command.ts';
import { readIfThere } from '../../prerequisites/whole-file.ts';
import {
  defineMachine,
  loadDefinition,
  type MachineDefinition,
  type MachineRequest,
  removeDefinition,
  saveDefinition,
} from './definition.ts';
import { ensureGoldenBox } from './golden-box.ts';
import { containerExists, destroyContainer, runInContainer } from './lxc.ts';
import { containerErrors, follow, machineLog } from './machine-log.ts';
import { reachableNameServers } from './name-servers.ts';
import { stockBox } from './provider.ts';
import type { StackFiles } from './stack-files.ts';
import { runForMachine } from './vagrant-batch.ts';
import { containerLog, dotFolder, vagrant } from './vagrant-command.ts';

/** What the plan learns from a machine that came up. */
export interface MachineReport {
  /** `ssh-ed25519 AAAA…`, read over the provider and not over the network. */
  readonly hostKey: string;
}

type ShowProgress = (line: string) => void;

/**
 * Makes a machine, or finishes or starts one that is there; idempotent. Throws with Vagrant's last
 * lines where the machine does not come up.
 */
export async function bringUp(
  files: StackFiles,
  request: MachineRequest,
  show: ShowProgress,
): Promise<MachineReport> {
  const machine = await define(files, request);
  const hostKey = (await hostKeyIfReady(machine)) ?? (await make(machine, show));
  return { hostKey };
}

/** Takes a machine away with everything on it; does nothing where there is none. */
export async function destroy(files: StackFiles, name: string, show: ShowProgress): Promise<void> {
  const machine = await loadDefinition(files, name);
  if (machine === undefined) return;
  await logged(machine, show, async () => {
    // Vagrant now and then fails when it destroys several machines at once; once more helps.
    for (let attempt = 0; attempt < 3 && isKnownToVagrant(machine); attempt += 1) {
      await runForMachine('destroy', machine.provider, machine.vagrantName);
    }
    await removeLeftover(machine);
    if (isKnownToVagrant(machine)) throw await failure(machine, 'could not be destroyed');
  });
  await rm(machineFolder(machine), { recursive: true, force: true });
  await machineLog(machine.vagrantName).clear();
  await removeDefinition(files, name);
}

/** A machine that exists keeps the box that it was made from. */
async function define(files: StackFiles, request: MachineRequest): Promise<MachineDefinition> {
  const before = await loadDefinition(files, request.name);
  const keepsBox = before !== undefined && isKnownToVagrant(before);
  const box = keepsBox ? before.box : await boxFor(request);
  const nameServers = await reachableNameServers();
  const machine = defineMachine(request, { stack: files.stack, box, nameServers });
  await saveDefinition(files, machine);
  return machine;
}

function boxFor({ provider }: MachineRequest): Promise<string> {
  return provider === 'lxc' ? ensureGoldenBox() : Promise.resolve(stockBox);
}

async function make(machine: MachineDefinition, show: ShowProgress): Promise<string> {
  return logged(machine, show, async () => {
    if (!isKnownToVagrant(machine)) await removeLeftover(machine);
    for (const action of ['up', 'provision', 'up'] as const) {
      await runForMachine(action, machine.provider, machine.vagrantName);
      const hostKey = await hostKeyIfReady(machine);
      if (hostKey !== undefined) return hostKey;
    }
    throw await failure(machine, 'did not come up');
  });
}

/** A container that was begun and never finished, or that Vagrant lost sight of. */
async function removeLeftover({ provider, containerName }: MachineDefinition): Promise<void> {
  if (provider !== 'lxc' || !(await containerExists(containerName))) return;
  await destroyContainer(containerName);
}

/** The host key of a machine that runs and has taken its first steps (vagrant/seed.sh). */
async function hostKeyIfReady(machine: MachineDefinition): Promise<string | undefined> {
  if (!isKnownToVagrant(machine)) return undefined;
  const script =
    `grep -qF '${machine.seed.AUTHORIZED_KEY}' ~vagrant/.ssh/authorized_keys && ` +
    'cat /etc/ssh/ssh_host_ed25519_key.pub';
  const output =
    machine.provider === 'lxc'
      ? await runInContainer(machine.containerName, script)
      : (await vagrant(['ssh', machine.vagrantName, '--command', script])).stdout;
  return /ssh-ed25519 [A-Za-z0-9+/=]+/.exec(output ?? '')?.[0];
}

async function logged<T>(
  machine: MachineDefinition,
  show: ShowProgress,
  work: () => Promise<T>,
): Promise<T> {
  const log = machineLog(machine.vagrantName);
  await log.clear();
  const stop = follow(log, show);
  try {
    return await work();
  } finally {
    await stop();
  }
}

async function failure(machine: MachineDefinition, what: string): Promise<Error> {
  const said = lastLines(await machineLog(machine.vagrantName).text(), 15);
  const log = (await readIfThere(containerLog)) ?? '';
  const reasons = containerErrors(machine.containerName, log).slice(0, 5);
  return new Error([`${machine.name} ${what}; Vagrant said:`, said, ...reasons].join('\n'));
}

function isKnownToVagrant(machine: MachineDefinition): boolean {
  return existsSync(join(machineFolder(machine), machine.provider, 'id'));
}

function machineFolder({ vagrantName }: MachineDefinition): string {
  return join(dotFolder, 'machines', vagrantName);
}
