/**
 * What to write, decided without writing: which children of a service's path are this instance's,
 * and which operations lead from them to exactly one registration, or to none.
 */
import type { Buffer } from 'node:buffer';
import {
  childPrefix,
  encodeRegistration,
  parseChildName,
  parseRegistration,
  type Registration,
} from '../../registration.ts';
import type { WriteOperation } from '../../zookeeper/session.ts';
import type { NodeType, ZooKeeperPlace } from './place.ts';

/** A node of this instance, of this session or of a former one. */
export interface OwnNode {
  readonly path: string;
  readonly data: Buffer;
  /** Session id; `undefined` for a persistent node. */
  readonly owner: string | undefined;
}

/** Whether the child's name can be this instance's: then its data are worth reading. */
export function mayBeOwn(child: string, registration: Registration): boolean {
  const parsed = parseChildName(child);
  switch (parsed.kind) {
    case 'plain':
      return parsed.instanceId === registration.name;
    case 'encoded':
      return sameIdentity(parsed.registration, registration);
    case 'invalid':
      return false;
  }
}

/**
 * The path under which ZooKeeper would not take a second node: whatever stands there has to make
 * room, of an earlier life with another port too. `undefined` where it appends a sequence number.
 */
export function fixedPath(place: ZooKeeperPlace, registration: Registration): string | undefined {
  if (isSequential(place.nodeType)) return undefined;
  return `${place.path}/${childPrefix(registration, place.usePathEncoding)}`;
}

/** Other services of this nerve may share path and name: host and port tell them apart. */
export function isOwn(data: Buffer, registration: Registration): boolean {
  const parsed = parseRegistration(data);
  return parsed.ok && sameIdentity(parsed.registration, registration);
}

/**
 * One `multi` at the most. A node that is right already is kept and nothing is written for it; all
 * others go in the same transaction that brings the new one, so that consumers see one change.
 * Nothing is ever written into a node that stands: consumers watch the list, not each node.
 *
 * `node` is what stands there afterwards; the path of a new one lacks its sequence number.
 */
export function planRegistration(
  { path, usePathEncoding, nodeType }: ZooKeeperPlace,
  registration: Registration,
  own: readonly OwnNode[],
  sessionId: string | undefined,
): { readonly node: OwnNode; readonly operations: readonly WriteOperation[] } {
  const data = encodeRegistration(registration);
  const prefix = `${path}/${childPrefix(registration, usePathEncoding)}`;
  const owner = isPersistent(nodeType) ? undefined : sessionId;
  const isNamedSo = isSequential(nodeType) ? hasPrefix : isEqual;
  const kept = own.find(
    (node) => node.owner === owner && node.data.equals(data) && isNamedSo(node.path, prefix),
  );
  const others = own.filter((node) => node !== kept);
  if (kept) return { node: kept, operations: planRemoval(others) };
  const create = { kind: 'create', path: prefix, data, mode: nodeType } as const;
  const inTheWay = planRemoval(others.filter((node) => node.path === prefix));
  const aside = planRemoval(others.filter((node) => node.path !== prefix));
  return {
    node: { path: prefix, data, owner },
    operations: [...inTheWay, create, ...aside],
  };
}

export function isPersistent(nodeType: NodeType): boolean {
  return nodeType === 'persistent' || nodeType === 'persistent_sequential';
}

export function isSequential(nodeType: NodeType): boolean {
  return nodeType === 'persistent_sequential' || nodeType === 'ephemeral_sequential';
}

function planRemoval(own: readonly OwnNode[]): readonly WriteOperation[] {
  return own.map(({ path }) => ({ kind: 'delete', path }));
}

function isEqual(path: string, prefix: string): boolean {
  return path === prefix;
}

function hasPrefix(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && /^-?\d+$/.test(path.slice(prefix.length));
}

function sameIdentity(a: Registration, b: Registration): boolean {
  return a.name === b.name && a.host === b.host && a.port === b.port;
}
