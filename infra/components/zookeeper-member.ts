import * as pulumi from '@pulumi/pulumi';
import type { Release } from '../releases/release.ts';
import type { RenderedFile } from '../render/file.ts';
import { paths } from '../render/paths.ts';
import { zookeeperUnit } from '../render/units.ts';
import type { Host } from '../targets/host.ts';
import { hostCommand } from './host-command.ts';
import { hostFile } from './host-file.ts';
import {
  type Ingredient,
  ingredientFile,
  ingredientList,
  ingredientRelease,
} from './ingredients.ts';
import { installedRelease, releaseHash, scriptThatSwitches } from './installed-release.ts';
import { preparedHost } from './prepared-host.ts';
import { scriptOf } from './shell.ts';

export interface ZookeeperMemberArgs {
  readonly host: Host;
  readonly files: readonly RenderedFile[];
  /** A quarter of the machine's memory by default. */
  readonly heapMb?: number | undefined;
  readonly zookeeper: Release;
}

/** One member of the ensemble: installed, configured and started, but never restarted from here. */
export class ZookeeperMember extends pulumi.ComponentResource {
  readonly host: Host;
  /** What it runs on: a change takes a restart. */
  readonly ingredients: readonly Ingredient[];
  /** Folder of the release that it shall run: beside the one in use until its turn comes. */
  readonly release: string;
  readonly started: pulumi.Resource;

  constructor(args: ZookeeperMemberArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { host, heapMb, zookeeper } = args;
    super('smartstack:index:ZookeeperMember', host.name, {}, options);
    this.host = host;
    const archives = { zookeeper };
    const files = [...args.files, zookeeperUnit(heapMb)];
    const hash = releaseHash(archives);
    this.release = `${paths.zookeeperReleases}/${hash}`;
    this.ingredients = [
      ingredientRelease(hash),
      // The seed is read by a member that has no data yet.
      ...files
        .filter(({ path }) => !path.endsWith('.seed'))
        .map((file) => ingredientFile('restart', file)),
    ];
    const prepared = preparedHost(host, zookeeperHost, { parent: this });
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
    const written = files.map((file) => hostFile(host, file, onPrepared));
    this.started = hostCommand(
      host,
      'zookeeper.service',
      {
        script: scriptThatSwitches('start-member.sh', paths.zookeeper, { RELEASE: this.release }),
        stdin: ingredientList(this.ingredients),
        undo: scriptOf('stop-daemon.sh', { UNIT: 'zookeeper' }),
      },
      { parent: this, dependsOn: [installed, ...written] },
    );
    this.registerOutputs({});
  }
}

const zookeeperHost = {
  role: 'zookeeper',
  packages: ['openjdk-17-jre-headless'],
  folders: ['/opt/zookeeper', paths.zookeeperReleases, paths.zookeeperConfig, paths.zookeeperState],
} as const;
