import type { AclMode } from './acl.ts';

/**
 * As whom and on which way a session comes to ZooKeeper, and what it lets others do with the nodes it
 * uses.
 */
export interface Access {
  /**
   * `user:password` each. All are shown to the server: the session may what any of them may, and
   * what has an owner is owned by all of them.
   */
  readonly identities: readonly string[];
  /** Of the nodes that are created. */
  readonly acl: AclMode;
  /** From this path down `acl` is that of nodes which stand already, too; nowhere without it. */
  readonly root: string | undefined;
  readonly tunnels: Tunnels;
}

/** By a member as the list of hosts has it, `host:port`: where it is reached instead. */
export type Tunnels = Readonly<Record<string, string>>;

export const anonymous: Access = { identities: [], acl: 'open', root: undefined, tunnels: {} };

export function isSameAccess(a: Access, b: Access): boolean {
  return (
    a.acl === b.acl &&
    a.root === b.root &&
    a.identities.join('\n') === b.identities.join('\n') &&
    isSameWay(a.tunnels, b.tunnels)
  );
}

function isSameWay(a: Tunnels, b: Tunnels): boolean {
  const entries = Object.entries(a);
  return entries.length === Object.keys(b).length && entries.every(([to, way]) => b[to] === way);
}
