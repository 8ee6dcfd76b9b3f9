import { ACL, type Acl } from 'node-zookeeper-client';

/** Who may do what with the nodes that a session creates; all but `open` need its credentials. */
export type AclMode =
  /** Anybody anything. */
  | 'open'
  /** Anybody reads, whoever has the credentials writes. */
  | 'read-only'
  /** Nobody without the credentials even reads. */
  | 'private';

export const acls: Readonly<Record<AclMode, readonly Acl[]>> = {
  open: ACL.OPEN_ACL_UNSAFE,
  'read-only': [...ACL.READ_ACL_UNSAFE, ...ACL.CREATOR_ALL_ACL],
  private: ACL.CREATOR_ALL_ACL,
};
