import { announceOnStderr } from '../../prerequisites/packages.ts';
import { loadDefinitions, type MachineDefinition } from './definition.ts';
import { isNetworkUp, startNetwork } from './network.ts';
import type { VagrantSettings } from './settings.ts';
import type { StackFiles } from './stack-files.ts';
import { runForMachine } from './vagrant-batch.ts';

/**
 * When this computer was restarted, its containers are off and their network is gone, while the
 * stack's state says that all is there. A machine that is off while the network is up was switched
 * off on purpose: that one stays as it is.
 */
export async function resumeAfterRestart(
  files: StackFiles,
  settings: VagrantSettings,
  announce: (line: string) => void = announceOnStderr,
): Promise<void> {
  if (isNetworkUp(settings)) return;
  const machines = await loadDefinitions(files);
  if (machines.length === 0) return;
  announce(`Starting ${machines.length} boxes again: this computer was restarted …`);
  await startNetwork(settings);
  await Promise.all(machines.map(start));
}

function start({ provider, vagrantName }: MachineDefinition): Promise<void> {
  return runForMachine('up', provider, vagrantName);
}
