import type { AclMode } from './acl.ts';

/** As whom a session comes to ZooKeeper, and what it lets others do with the nodes it uses. */
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
}

export const anonymous: Access = { identities: [], acl: 'open', root: undefined };

export function isSameAccess(a: Access, b: Access): boolean {
  return (
    a.acl === b.acl && a.root === b.root && a.identities.join('\n') === b.identities.join('\n')
  );
}
