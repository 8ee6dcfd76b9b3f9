import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { inBatch } from './batch.ts';
import { errorAbout, machineLog, parseVagrantLine } from './machine-log.ts';
import { workFolder } from './stack-files.ts';
import { containerLog, vagrant } from './vagrant-command.ts';

/** What is done to machines, with Vagrant's own arguments for it. */
const actions = {
  up: (provider: string) => ['up', '--parallel', '--provider', provider],
  provision: () => ['provision'],
  destroy: () => ['destroy', '--force', '--parallel'],
} as const;

export type VagrantAction = keyof typeof actions;

/**
 * Runs a Vagrant action for a machine, together with whatever other processes want done to theirs
 * at the same moment. What Vagrant says goes to each machine's log; whether it went well must be
 * seen from the machine: Vagrant's exit code speaks for the whole batch.
 */
export async function runForMachine(
  action: VagrantAction,
  provider: string,
  vagrantName: string,
): Promise<void> {
  await inBatch({
    folder: workFolder,
    action: `${action}-${provider}`,
    name: vagrantName,
    perform: (names) => runForAll(actions[action](provider), names),
  });
}

async function runForAll(args: readonly string[], names: readonly string[]): Promise<void> {
  let writes = Promise.resolve();
  const write = (machine: string, text: string): void => {
    writes = writes.then(() => machineLog(machine).append(text));
  };
  await mkdir(dirname(containerLog), { recursive: true });
  await rm(containerLog, { force: true });
  const result = await vagrant([...args, ...names], (line) => {
    const parsed = parseVagrantLine(line);
    if (parsed !== undefined) write(parsed.machine, parsed.text);
  });
  if (result.code !== 0) {
    for (const name of names) write(name, errorAbout(name, result.stderr));
  }
  await writes;
}
