/** Logging in by name: `ssh -F <file> <host>`, host keys checked as everywhere else. */
import { rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { writeWhole } from '../prerequisites/whole-file.ts';
import type { LoginOutput, StackOutputs } from '../stack-outputs.ts';

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
  return entriesOf(hosts)
    .map(({ name, login, through }) =>
      [
        `Host ${name}`,
        `  HostName ${login.host}`,
        `  Port ${login.port}`,
        `  User ${login.user}`,
        ...(login.privateKeyPath === undefined
          ? []
          : [`  IdentityFile "${login.privateKeyPath}"`, '  IdentitiesOnly yes']),
        ...(through === undefined ? [] : [`  ProxyJump ${through}`]),
        `  HostKeyAlias ${name}`,
        `  UserKnownHostsFile "${knownHosts}"`,
        '  StrictHostKeyChecking yes',
        '',
      ].join('\n'),
    )
    .join('\n');
}

export function knownHostsText(hosts: Hosts): string {
  return entriesOf(hosts)
    .map(({ name, login }) => `${name} ${login.hostKey}\n`)
    .join('');
}

interface Entry {
  readonly name: string;
  readonly login: LoginOutput;
  /** Name of the entry to go through. */
  readonly through?: string;
}

/** A bastion is named after the host that it leads to; no host has a dot in its name. */
function entriesOf(hosts: Hosts): readonly Entry[] {
  return Object.entries(hosts).flatMap(([name, { connection }]): Entry[] => {
    const { proxy } = connection;
    if (proxy === undefined) return [{ name, login: connection }];
    const through = `${name}.bastion`;
    return [
      { name: through, login: proxy },
      { name, login: connection, through },
    ];
  });
}

function sshConfigFiles(folder: string): { readonly config: string; readonly knownHosts: string } {
  return { config: join(folder, 'ssh_config'), knownHosts: join(folder, 'known_hosts') };
}
