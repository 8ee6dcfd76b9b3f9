import { sameEnsemble } from '../../zookeeper/same-ensemble.ts';

/** Where an instance is registered. */
export type Place = ZooKeeperPlace | EtcdPlace | FilePlace;

export interface ZooKeeperPlace {
  readonly type: 'zookeeper';
  /** `host:port` of the ensemble's members, with a chroot where there is one. */
  readonly hosts: readonly string[];
  readonly path: string;
  readonly usePathEncoding: boolean;
  readonly nodeType: NodeType;
  /** How often a persistent node's modification time is renewed; `undefined` for never. */
  readonly touchMs: number | undefined;
}

export type NodeType =
  | 'ephemeral_sequential'
  | 'persistent_sequential'
  | 'persistent'
  | 'ephemeral';

export interface EtcdPlace {
  readonly type: 'etcd';
  readonly host: string;
  readonly port: number;
  readonly path: string;
  /** Time to live of the lease that the key hangs on. */
  readonly leaseSeconds: number;
}

export interface FilePlace {
  readonly type: 'file';
  readonly path: string;
}

/** Equal for places where one registration would take another's. */
export function placeKey(place: Place): string {
  switch (place.type) {
    case 'zookeeper':
      return JSON.stringify(['zookeeper', place.hosts.toSorted(), place.path]);
    case 'etcd':
      return JSON.stringify(['etcd', place.host, place.port, place.path]);
    case 'file':
      return JSON.stringify(['file', place.path]);
  }
}

/** Whether a registration at one is one at the other: an ensemble may be named by other members. */
export function samePlace(a: Place, b: Place): boolean {
  if (a.type !== 'zookeeper' || b.type !== 'zookeeper') return placeKey(a) === placeKey(b);
  return a.path === b.path && sameEnsemble(a.hosts, b.hosts);
}

/** For messages. */
export function describePlace(place: Place): string {
  switch (place.type) {
    case 'zookeeper':
      return place.path;
    case 'etcd':
      return `etcd ${place.host}:${place.port}${place.path}`;
    case 'file':
      return place.path;
  }
}
