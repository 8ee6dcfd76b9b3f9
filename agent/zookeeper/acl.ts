import { createHash } from 'node:crypto';
import { ACL, type Acl } from 'node-zookeeper-client';

/** Who may do what with the nodes that a session creates; all but `open` need its credentials. */
export type AclMode =
  /** Anybody anything. */
  | 'open'
  /** Anybody reads, whoever has the credentials writes. */
  | 'read-only'
  /** Nobody without the credentials even reads. */
  | 'private';

/** As a session asks for them: the server puts its identities in the place of the creator's. */
export const acls: Readonly<Record<AclMode, readonly Acl[]>> = {
  open: ACL.OPEN_ACL_UNSAFE,
  'read-only': [...ACL.READ_ACL_UNSAFE, ...ACL.CREATOR_ALL_ACL],
  private: ACL.CREATOR_ALL_ACL,
};

/** Whether `found` is what the server makes of `mode` for these identities (`user:password`). */
export function isAclOf(
  found: readonly Acl[],
  mode: AclMode,
  identities: readonly string[],
): boolean {
  const wanted = acls[mode].flatMap(({ permission, id }) =>
    id.scheme === 'auth'
      ? identities.map((one) => `${permission} digest:${digestId(one)}`)
      : [describe({ permission, id })],
  );
  const actual = new Set(found.map(describe));
  return actual.size === new Set(wanted).size && wanted.every((entry) => actual.has(entry));
}

/** `user:base64(SHA-1 of user:password)`, as ZooKeeper's DigestAuthenticationProvider has it. */
function digestId(identity: string): string {
  const user = identity.slice(0, identity.indexOf(':'));
  return `${user}:${createHash('sha1').update(identity).digest('base64')}`;
}

function describe({ permission, id }: Acl): string {
  return `${permission} ${id.scheme}:${id.id}`;
}
