import { remote } from '@pulumi/command';
import { asset, type CustomResourceOptions, type Resource } from '@pulumi/pulumi';
import { paths } from '../render/paths.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { scriptOf } from './shell.ts';

/** A tar.gz on the controlling machine. */
export interface Archive {
  /** Of its content: the same bytes, the same name on every host. */
  readonly hash: string;
  readonly path: string;
}

export interface ReleaseArgs {
  /** What it is called in the names of resources and uploads. */
  readonly name: string;
  /** Unpacked over each other, in this order. */
  readonly archives: Readonly<Record<string, Archive>>;
  /** Folder of all releases, and the link to the one in use. */
  readonly releases: string;
  readonly current: string;
}

/** Names a release by what is in it. */
export function releaseHash(archives: Readonly<Record<string, Archive>>): string {
  return Object.values(archives)
    .map(({ hash }) => hash.slice(0, 12))
    .join('-');
}

/** Ships archives to a host and switches to them: a new release stands beside the old. */
export function release(
  host: Host,
  { name, archives, releases, current }: ReleaseArgs,
  options: CustomResourceOptions & { readonly dependsOn: readonly Resource[] },
): Resource {
  const uploads = Object.entries(archives).map(([part, archive]) => ({
    file: `${part}-${archive.hash.slice(0, 12)}.tar.gz`,
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
        },
        options,
      ),
  );
  const script = scriptOf('install-release.sh', {
    RELEASES: releases,
    CURRENT: current,
    HASH: releaseHash(archives),
    ARCHIVES: uploads.map(({ file }) => file).join(' '),
  });
  return hostCommand(host, name, { script }, { ...options, dependsOn: copies });
}
