/** Logging in by name: `ssh -F <file> <host>`, host keys checked as everywhere else. */
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { writeWhole } from '../prerequisites/whole-file.ts';
import type { StackOutputs } from './outputs.ts';

type Hosts = StackOutputs['hosts'];

/** Writes `ssh_config` and `known_hosts` into the stack's folder; resolves to the first's path. */
export async function writeSshConfig(folder: string, hosts: Hosts): Promise<string> {
  const { config, knownHosts } = sshConfigFiles(folder);
  await writeWhole(knownHosts, knownHostsText(hosts));
  await writeWhole(config, sshConfigText(hosts, knownHosts));
  return relative(process.cwd(), config);
}

export async function removeSshConfig(folder: string): Promise<void> {
  const { config, knownHosts } = sshConfigFiles(folder);
  await Promise.all([config, knownHosts].map((file) => rm(file, { force: true })));
}

/** In the format of ssh_config(5). The names of hosts stand for their keys. */
export function sshConfigText(hosts: Hosts, knownHosts: string): string {
  return Object.entries(hosts)
    .map(([name, { connection }]) =>
      [
        `Host ${name}`,
        `  HostName ${connection.host}`,
        `  Port ${connection.port}`,
        `  User ${connection.user}`,
        ...(connection.privateKeyPath === undefined
          ? []
          : [`  IdentityFile "${connection.privateKeyPath}"`, '  IdentitiesOnly yes']),
        `  HostKeyAlias ${name}`,
        `  UserKnownHostsFile "${knownHosts}"`,
        '  StrictHostKeyChecking yes',
        '',
      ].join('\n'),
    )
    .join('\n');
}

export function knownHostsText(hosts: Hosts): string {
  return Object.entries(hosts)
    .map(([name, { connection }]) => `${name} ${connection.hostKey}\n`)
    .join('');
}

function sshConfigFiles(folder: string): { readonly config: string; readonly knownHosts: string } {
  return { config: join(folder, 'ssh_config'), knownHosts: join(folder, 'known_hosts') };
}
