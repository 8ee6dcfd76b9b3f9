import type { remote } from '@pulumi/command';
import * as pulumi from '@pulumi/pulumi';
import type { Release } from '../releases/release.ts';
import type { RenderedFile } from '../render/file.ts';
import { paths } from '../render/paths.ts';
import { zookeeperUnit } from '../render/units.ts';
import { quorumTls, type RelayFiles } from '../render/zookeeper-tls.ts';
import type { Host } from '../targets/host.ts';
import type { HostTls } from './certificate-authority.ts';
import { hostCommand } from './host-command.ts';
import { hostFile } from './host-file.ts';
import {
  ingredientCertificate,
  ingredientFile,
  ingredientInput,
  ingredientRelease,
} from './ingredients.ts';
import { installedRelease, releaseHash, scriptThatSwitches } from './installed-release.ts';
import { preparedHost } from './prepared-host.ts';
import { relay } from './relay.ts';
import { scriptOf } from './shell.ts';
import type { HostFile } from './written-file.ts';

export interface ZookeeperMemberArgs {
  readonly host: Host;
  readonly files: readonly RenderedFile[];
  /** A quarter of the machine's memory by default. */
  readonly heapMb?: number | undefined;
  readonly zookeeper: Release;
  /** Whether it speaks TLS with other members; `undefined` where the catalog says nothing of it. */
  readonly speaksTls?: boolean | undefined;
  /** With which it does so. */
  readonly tls?: MemberTls | undefined;
}

export interface MemberTls {
  readonly certificate: HostTls;
  /** What takes its clients. */
  readonly door: RelayFiles;
}

/** One member of the ensemble: installed, configured and started, but never restarted from here. */
export class ZookeeperMember extends pulumi.ComponentResource {
  readonly host: Host;
  /** What it runs on, as a list: a change takes a restart. */
  readonly ingredients: pulumi.Input<string>;
  /** The same files on the host. */
  readonly written: readonly remote.Command[];
  /** Folder of the release that it shall run: beside the one in use until its turn comes. */
  readonly release: string;
  readonly started: remote.Command;
  /** It runs, and clients that shall reach it can. */
  readonly reachable: pulumi.Resource;

  constructor(args: ZookeeperMemberArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { host, heapMb, zookeeper, speaksTls, tls } = args;
    super('smartstack:index:ZookeeperMember', host.name, {}, options);
    this.host = host;
    const archives = { zookeeper };
    const files = [...args.files, zookeeperUnit(heapMb)];
    // The seed is read by a member that has no data yet.
    const isSeed = ({ path }: RenderedFile): boolean => path.endsWith('.seed');
    const seeds = files.filter(isSeed);
    const own = files.filter((file) => !isSeed(file));
    const hash = releaseHash(archives);
    this.release = `${paths.zookeeperReleases}/${hash}`;
    const ingredients = [
      ingredientRelease(hash),
      ...own.map((file) => ingredientFile('restart', file)),
    ];
    this.ingredients = ingredientInput(
      ingredients,
      ingredientCertificate('restart', tls?.certificate),
    );
    const prepared = preparedHost(host, tls === undefined ? zookeeperHost : zookeeperHostWithDoor, {
      parent: this,
    });
    const onPrepared = { parent: this, dependsOn: [prepared] };
    const installed = installedRelease(
      host,
      {
        name: 'release/zookeeper',
        archives,
        releases: paths.zookeeperReleases,
        current: paths.zookeeper,
      },
      onPrepared,
    );
    const write = (file: HostFile): remote.Command => hostFile(host, file, onPrepared);
    const certificates = (tls?.certificate.files ?? []).map(write);
    this.written = own.map(write);
    this.started = hostCommand(
      host,
      'zookeeper.service',
      {
        script: scriptThatSwitches('start-member.sh', paths.zookeeper, {
          RELEASE: this.release,
          LEVEL: levelOf(speaksTls),
          PATIENCE: '30',
        }),
        stdin: this.ingredients,
        undo: scriptOf('stop-daemon.sh', { UNIT: 'zookeeper' }),
        written: this.written,
      },
      { parent: this, dependsOn: [installed, ...seeds.map(write), ...certificates] },
    );
    this.reachable =
      tls === undefined
        ? this.started
        : relay(host, tls.door, tls.certificate, {
            parent: this,
            dependsOn: [this.started, ...certificates],
          });
    this.registerOutputs({});
  }
}

/** How far it goes with TLS at its very first start: all the way, where it shall. */
function levelOf(speaksTls: boolean | undefined): string {
  if (speaksTls === undefined) return '';
  return `${speaksTls ? quorumTls.only : quorumTls.none}`;
}

const zookeeperHost = {
  role: 'zookeeper',
  packages: ['openjdk-17-jre-headless'],
  folders: ['/opt/zookeeper', paths.zookeeperReleases, paths.zookeeperConfig, paths.zookeeperState],
} as const;

const zookeeperHostWithDoor = {
  ...zookeeperHost,
  packages: [...zookeeperHost.packages, 'haproxy'],
  more: scriptOf('quiet-haproxy.sh', {}),
} as const;
