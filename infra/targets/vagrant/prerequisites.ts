import { installedPackages } from '../../prerequisites/apt.ts';
import { becomeRoot } from '../../prerequisites/as-root.ts';
import { runCommand, tryCommand } from '../../prerequisites/command.ts';
import {
  ensurePackages,
  PrerequisiteError,
  type PrerequisiteOptions,
} from '../../prerequisites/packages.ts';
import { findProgram } from '../../prerequisites/programs.ts';
import type { VagrantProvider } from './provider.ts';

/** `sudo`: vagrant-lxc calls it even as root. `nftables`: the bridge. */
const lxcPackages = [
  'vagrant',
  'vagrant-lxc',
  'lxc',
  'mmdebstrap',
  'debian-archive-keyring',
  'iproute2',
  'nftables',
  'openssh-client',
  'sudo',
];

/** Brings Vagrant and what the provider needs. Throws a `PrerequisiteError` that names the fix. */
export async function ensureVagrant(
  provider: VagrantProvider,
  options: PrerequisiteOptions = {},
): Promise<void> {
  if (provider !== 'lxc') return expectPrograms(provider);
  if (process.platform !== 'linux') {
    throw new PrerequisiteError(
      'Vagrant\'s provider "lxc" works on Linux only',
      'install VirtualBox and Vagrant, or set smartstack:vagrantProvider',
    );
  }
  const lxcWasThere = (await installedPackages(['lxc'])).length > 0;
  await ensurePackages(await lackingPackages(), 'to run boxes', options);
  if (!lxcWasThere) await leaveLxcNetOff();
  await expectPlugin();
}

/** A Vagrant that came another way than by apt will do as well. */
async function lackingPackages(): Promise<string[]> {
  const ownVagrant = await findProgram('vagrant');
  const byApt = (await installedPackages(['vagrant'])).length > 0;
  if (ownVagrant === undefined || byApt) return lxcPackages;
  return lxcPackages.filter((name) => !name.startsWith('vagrant'));
}

/** We brought it, and our boxes have a bridge of their own. */
async function leaveLxcNetOff(): Promise<void> {
  if ((await tryCommand('systemctl', ['is-system-running'])).stdout.trim() === 'offline') return;
  const root = await becomeRoot('to switch off the bridge of lxc-net');
  await root.try(['systemctl', 'disable', '--quiet', '--now', 'lxc-net.service']);
  await root.try(['systemctl', 'reset-failed', 'lxc-net.service']);
}

async function expectPlugin(): Promise<void> {
  const { stdout } = await runCommand('vagrant', ['plugin', 'list']);
  if (/^vagrant-lxc /m.test(stdout)) return;
  throw new PrerequisiteError(
    'Vagrant lacks its lxc provider',
    'vagrant plugin install vagrant-lxc',
  );
}

async function expectPrograms(provider: 'virtualbox' | 'libvirt'): Promise<void> {
  if ((await findProgram('vagrant')) === undefined) {
    throw new PrerequisiteError('needed to run boxes: Vagrant', `install Vagrant for ${provider}`);
  }
  if (provider === 'virtualbox' && (await findProgram('VBoxManage')) === undefined) {
    throw new PrerequisiteError('needed to run boxes: VirtualBox', 'install VirtualBox');
  }
  if (provider !== 'libvirt') return;
  const { stdout } = await runCommand('vagrant', ['plugin', 'list']);
  if (/^vagrant-libvirt /m.test(stdout)) return;
  throw new PrerequisiteError(
    'Vagrant lacks its libvirt provider',
    'vagrant plugin install vagrant-libvirt',
  );
}
