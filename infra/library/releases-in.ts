import { join } from 'node:path';
import { nodeRuntime } from '../releases/node-runtime.ts';
import type { ReleaseOptions } from '../releases/release.ts';
import type { Releases } from '../releases/releases.ts';
import { zookeeperRelease } from '../releases/zookeeper.ts';
import { packagedAgentRelease } from './packaged-agent.ts';

/**
 * What this version of the package brings to hosts, made once and kept in `.smartstack/cache` of a
 * folder of yours. Node comes through npm, ZooKeeper through Maven, which must be there.
 */
export function releasesIn(folder: string): Releases {
  const cacheFolder = join(folder, '.smartstack/cache');
  const options: ReleaseOptions = { cacheFolder, mayInstall: false };
  return {
    agent: () => packagedAgentRelease(options),
    node: (arch) => nodeRuntime(arch, options),
    zookeeper: () => zookeeperRelease(options),
  };
}
