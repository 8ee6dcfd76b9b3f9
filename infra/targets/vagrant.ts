/** The target `vagrant`: boxes on this computer, one for each host of the catalog. */
import { local } from '@pulumi/command';
import { type Config, getStack, type Resource, runtime, secret } from '@pulumi/pulumi';
import * as z from 'zod';
import { projectFolder } from '../project.ts';
import type { HostArch, TargetHost, WantedHost } from './host.ts';
import type { MachineRequest } from './vagrant/definition.ts';
import { goldenBoxRecipe } from './vagrant/golden-box.ts';
import { type KeyPair, keyPair } from './vagrant/key-pair.ts';
import { resumeAfterRestart } from './vagrant/resume.ts';
import { bridgeOf, settle, type VagrantSettings } from './vagrant/settings.ts';
import { type StackFiles, stackFiles } from './vagrant/stack-files.ts';
import { addressIn, gatewayOf, hardwareAddress } from './vagrant/subnet.ts';
import { wantedSettings } from './vagrant/wanted-settings.ts';

const program = 'node_modules/.bin/node infra/targets/vagrant/main.ts';
const reportSchema = z.object({ hostKey: z.string() });

interface Ground {
  readonly files: StackFiles;
  readonly settings: VagrantSettings;
  readonly keys: KeyPair;
  readonly memoryMb: number;
  /** What must be there before a machine can be made. */
  readonly parts: readonly Resource[];
}

/** @throws InvalidEnvironmentError where the stack's configuration is wrong. */
export async function vagrantHosts(
  wanted: readonly WantedHost[],
  config: Config,
  files: StackFiles = stackFiles(getStack()),
): Promise<readonly TargetHost[]> {
  const { memoryMb, ...choice } = wantedSettings(config);
  const settings = await settle(files, choice);
  const keys = await keyPair(files.privateKey);
  if (!runtime.isDryRun()) await resumeAfterRestart(files, settings);
  const parts = await groundParts(files, settings);
  const ground = { files, settings, keys, memoryMb, parts };
  return wanted.map((host) => vagrantHost(host, ground));
}

/** Programs, network and box: each skips what is there. */
async function groundParts(
  { stack }: StackFiles,
  { provider, subnet }: VagrantSettings,
): Promise<readonly Resource[]> {
  const prerequisites = new local.Command('vagrant/prerequisites', {
    create: `${program} prerequisites ${stack}`,
    dir: projectFolder,
    triggers: [provider],
  });
  if (provider !== 'lxc') return [prerequisites];
  const network = new local.Command(
    'vagrant/network',
    {
      create: `${program} network-up ${stack}`,
      delete: `${program} network-down ${stack}`,
      dir: projectFolder,
      triggers: [subnet],
    },
    { dependsOn: prerequisites, deleteBeforeReplace: true },
  );
  const box = new local.Command(
    'vagrant/box',
    { create: `${program} box`, dir: projectFolder, stdin: await goldenBoxRecipe() },
    { dependsOn: prerequisites },
  );
  return [network, box];
}

function vagrantHost({ name, id }: WantedHost, ground: Ground): TargetHost {
  const { files, settings, keys, parts } = ground;
  const address = addressIn(settings.subnet, id);
  const machine = new local.Command(
    `${name}/machine`,
    {
      create: `${program} machine-up ${files.stack}`,
      delete: `${program} machine-destroy ${files.stack} ${name}`,
      stdin: JSON.stringify(requestFor(name, address, ground)),
      dir: projectFolder,
      addPreviousOutputInEnv: false,
      // Another address is another machine: nothing on the old one would be right.
      triggers: [address, settings.provider],
    },
    { dependsOn: [...parts], deleteBeforeReplace: true, customTimeouts: { create: '15m' } },
  );
  return {
    name,
    address,
    arch: archOfThisComputer(),
    privateKeyPath: files.privateKey,
    machine,
    connection: {
      host: address,
      port: 22,
      user: 'vagrant',
      privateKey: secret(keys.privateKey),
      hostKey: machine.stdout.apply((report) => reportSchema.parse(JSON.parse(report)).hostKey),
      dialErrorLimit: 20,
      perDialTimeout: 10,
    },
  };
}

function requestFor(name: string, address: string, ground: Ground): MachineRequest {
  const { files, settings, keys, memoryMb } = ground;
  const containerName = `smartstack-${settings.id}-${name}`;
  return {
    name,
    provider: settings.provider,
    address,
    gateway: gatewayOf(settings.subnet),
    bridge: bridgeOf(settings),
    hardwareAddress: hardwareAddress(containerName),
    containerName,
    memoryMb,
    privateKeyPath: files.privateKey,
    publicKey: keys.publicKey,
  };
}

/** Boxes have the processor of the computer that they run on. */
function archOfThisComputer(): HostArch {
  const { arch } = process;
  if (arch === 'x64' || arch === 'arm64') return arch;
  throw new Error(`boxes need a computer with an x64 or arm64 processor; this one is ${arch}`);
}
