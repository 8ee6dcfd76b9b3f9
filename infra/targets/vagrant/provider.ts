import { findProgram } from '../../prerequisites/programs.ts';

/** What Vagrant makes machines with. */
export const vagrantProviders = ['lxc', 'virtualbox', 'libvirt'] as const;

export type VagrantProvider = (typeof vagrantProviders)[number];

/** What can be known about this machine. */
export interface ProviderFacts {
  readonly platform: NodeJS.Platform;
  readonly hasVirtualBox: boolean;
  readonly hasLibvirt: boolean;
}

/** Containers where nothing else is installed, since they need nothing that Debian lacks. */
export function chooseProvider(facts: ProviderFacts): VagrantProvider {
  if (facts.hasVirtualBox) return 'virtualbox';
  if (facts.hasLibvirt) return 'libvirt';
  return facts.platform === 'linux' ? 'lxc' : 'virtualbox';
}

export async function providerFacts(): Promise<ProviderFacts> {
  return {
    platform: process.platform,
    hasVirtualBox: (await findProgram('VBoxManage')) !== undefined,
    hasLibvirt: (await findProgram('virsh')) !== undefined,
  };
}

/** The stock box of the providers that run whole virtual machines; ours is for containers only. */
export const stockBox = 'bento/debian-12';
