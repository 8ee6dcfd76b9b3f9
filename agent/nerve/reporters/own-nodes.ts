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
import type { ZooKeeperPlace } from './place.ts';

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

/** Other services of this nerve may share path and name: host and port tell them apart. */
export function isOwn(data: Buffer, registration: Registration): boolean {
  const parsed = parseRegistration(data);
  return parsed.ok && sameIdentity(parsed.registration, registration);
}

/**
 * One `multi` at the most. A node that is right already is kept and nothing is written for it; all
 * others go in the same transaction that brings the new one, so that consumers see one change.
 *
 * `node` is what stands there afterwards; the path of a new one lacks its sequence number.
 */
export function planRegistration(
  { path, usePathEncoding }: ZooKeeperPlace,
  registration: Registration,
  own: readonly OwnNode[],
  sessionId: string | undefined,
): { readonly node: OwnNode; readonly operations: readonly WriteOperation[] } {
  const data = encodeRegistration(registration);
  const prefix = `${path}/${childPrefix(registration, usePathEncoding)}`;
  const kept = own.find(
    (node) => node.owner === sessionId && node.data.equals(data) && hasPrefix(node.path, prefix),
  );
  const removals = planRemoval(own.filter((node) => node !== kept));
  if (kept) return { node: kept, operations: removals };
  const create = { kind: 'create', path: prefix, data, mode: 'ephemeral_sequential' } as const;
  return { node: { path: prefix, data, owner: sessionId }, operations: [create, ...removals] };
}

export function planRemoval(own: readonly OwnNode[]): readonly WriteOperation[] {
  return own.map(({ path }) => ({ kind: 'delete', path }));
}

function hasPrefix(path: string, prefix: string): boolean {
  return path.startsWith(prefix) && /^-?\d+$/.test(path.slice(prefix.length));
}

function sameIdentity(a: Registration, b: Registration): boolean {
  return a.name === b.name && a.host === b.host && a.port === b.port;
}
