import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { readIfThere, writeWhole } from '../../prerequisites/whole-file.ts';
import { vagrantProviders } from './provider.ts';
import type { StackFiles } from './stack-files.ts';
import { prefixLength } from './subnet.ts';

/** What the plan knows about a machine; comes to `machine up` on standard input. */
export const machineRequestSchema = z.object({
  name: z.string(),
  provider: z.enum(vagrantProviders),
  address: z.ipv4(),
  gateway: z.ipv4(),
  /** Interface of this computer; of use to containers only. */
  bridge: z.string(),
  hardwareAddress: z.string(),
  containerName: z.string(),
  memoryMb: z.int(),
  privateKeyPath: z.string(),
  publicKey: z.string(),
});

export type MachineRequest = Readonly<z.infer<typeof machineRequestSchema>>;

/** What the Vagrantfile reads; see there for how each field is used. */
const definitionSchema = machineRequestSchema.omit({ publicKey: true, name: true }).extend({
  /** The catalog's name. */
  name: z.string(),
  vagrantName: z.string(),
  box: z.string(),
  prefixLength: z.int(),
  /** Environment of vagrant/seed.sh. */
  seed: z.object({
    HOST_NAME: z.string(),
    ADDRESS: z.ipv4(),
    AUTHORIZED_KEY: z.string(),
    NAME_SERVERS: z.string(),
  }),
});

export type MachineDefinition = Readonly<z.infer<typeof definitionSchema>>;

export interface DefinitionContext {
  readonly stack: string;
  /** A machine keeps the box that it was made from. */
  readonly box: string;
  readonly nameServers: readonly string[];
}

export function defineMachine(
  { publicKey, ...request }: MachineRequest,
  { stack, box, nameServers }: DefinitionContext,
): MachineDefinition {
  return {
    ...request,
    vagrantName: stack === 'vagrant' ? request.name : `${stack}.${request.name}`,
    box,
    prefixLength,
    seed: {
      HOST_NAME: hostNameOf(request.name),
      ADDRESS: request.address,
      AUTHORIZED_KEY: publicKey,
      NAME_SERVERS: nameServers.join(' '),
    },
  };
}

/** Underscores are no part of a machine's own name. */
export function hostNameOf(name: string): string {
  return name.replaceAll('_', '-');
}

export async function saveDefinition(files: StackFiles, machine: MachineDefinition): Promise<void> {
  await writeWhole(definitionPath(files, machine.name), `${JSON.stringify(machine, null, 2)}\n`);
}

export async function loadDefinition(
  files: StackFiles,
  name: string,
): Promise<MachineDefinition | undefined> {
  const text = await readIfThere(definitionPath(files, name));
  return text === undefined ? undefined : definitionSchema.parse(JSON.parse(text));
}

export async function loadDefinitions(files: StackFiles): Promise<MachineDefinition[]> {
  const names = await readdir(files.machines).catch(() => []);
  const loaded = await Promise.all(
    names
      .filter((name) => name.endsWith('.json'))
      .sort()
      .map((name) => loadDefinition(files, name.slice(0, -'.json'.length))),
  );
  return loaded.filter((machine) => machine !== undefined);
}

export async function removeDefinition(files: StackFiles, name: string): Promise<void> {
  await rm(definitionPath(files, name), { force: true });
}

function definitionPath(files: StackFiles, name: string): string {
  return join(files.machines, `${name}.json`);
}
