import { remote } from '@pulumi/command';
import { asset, type CustomResourceOptions, type Resource } from '@pulumi/pulumi';
import type { Release } from '../releases/release.ts';
import { paths } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { scriptOf } from './shell.ts';

export interface InstalledReleaseArgs {
  /** What it is called in the names of resources and uploads. */
  readonly name: string;
  /** Unpacked over each other, in this order. */
  readonly archives: Readonly<Record<string, Release>>;
  /** Folder of all releases, and the link to the one in use. */
  readonly releases: string;
  readonly current: string;
}

/** Names a release by what is in it. */
export function releaseHash(archives: Readonly<Record<string, Release>>): string {
  return Object.values(archives)
    .map(({ hash }) => hash)
    .join('-');
}

/** Ships archives to a host and unpacks them: a new release stands beside the one in use. */
export function installedRelease(
  host: Host,
  { name, archives, releases, current }: InstalledReleaseArgs,
  options: CustomResourceOptions & { readonly dependsOn: readonly Resource[] },
): Resource {
  const uploads = Object.entries(archives).map(([part, archive]) => ({
    file: `${part}-${archive.hash}.tar.gz`,
    archive,
  }));
  const copies = uploads.map(
    ({ file, archive }) =>
      new remote.CopyToRemote(
        `${host.name}/upload/${file}`,
        {
          connection: host.connection,
          source: new asset.FileAsset(archive.path),
          remotePath: `${paths.uploads}/${file}`,
          // A machine that was made anew lacks the file, and only a trigger copies it again.
          triggers: [host.connection.hostKey],
        },
        options,
      ),
  );
  const script = scriptThatSwitches('install-release.sh', current, {
    RELEASES: releases,
    HASH: releaseHash(archives),
    ARCHIVES: uploads.map(({ file }) => file).join(' '),
  });
  return hostCommand(host, name, { script }, { ...options, dependsOn: copies });
}

/** A script that may have the link `current` point to another release. */
export function scriptThatSwitches(
  name: string,
  current: string,
  variables: Readonly<Record<string, string>>,
): string {
  return [scriptOf('switch-release.sh', { CURRENT: current }), scriptOf(name, variables)].join(
    '\n',
  );
}
