import type { remote } from '@pulumi/command';
import type { CustomResourceOptions } from '@pulumi/pulumi';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { scriptOf } from './shell.ts';

export interface PreparedHostArgs {
  readonly role: 'zookeeper' | 'service';
  /** Debian packages that a bare host lacks; those that are there are left as they are. */
  readonly packages: readonly string[];
  /** Folders of the role's own, taken away again with it. */
  readonly folders: readonly string[];
  /** A script for what else is to be done. */
  readonly more?: string;
}

const unameOf = { x64: 'x86_64', arm64: 'aarch64' } as const;

/** Checks that the host is one we know, and brings packages, user and folders. */
export function preparedHost(
  host: Host,
  { role, packages, folders, more = '' }: PreparedHostArgs,
  options: Omit<CustomResourceOptions, 'dependsOn'>,
): remote.Command {
  const prepare = scriptOf('prepare-host.sh', {
    ARCH: unameOf[host.arch],
    PACKAGES: packages.join(' '),
    FOLDERS: folders.join(' '),
  });
  const script = [prepare, more].filter((part) => part !== '').join('\n');
  const undo = scriptOf('forget-host.sh', { FOLDERS: folders.join(' ') });
  const dependsOn = [...(host.ready ?? [])];
  return hostCommand(host, `prepared/${role}`, { script, undo }, { ...options, dependsOn });
}
