import type { HostArch } from '../targets/host.ts';
import type { Release } from './release.ts';

/** What is unpacked on hosts, each made when it is asked for. */
export interface Releases {
  agent(): Promise<Release>;
  node(arch: HostArch): Promise<Release>;
  zookeeper(): Promise<Release>;
}
