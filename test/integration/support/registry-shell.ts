import type { Hosts } from './hosts.ts';

/**
 * ZooKeeper's own shell. It says that it is connected from another thread, in the midst of what it
 * answers, unless it waits until it has.
 */
export const registryShell = '/opt/zookeeper/current/bin/zkCli.sh -waitforconnection';

const right = '/var/lib/zookeeper/conf/super';

/**
 * What people and other programs do to the registry, with ZooKeeper's own shell on a member. It has
 * the right to everything there, with a password or without; data has no blanks, which end it.
 *
 * All in one connection: the shell takes a second to start. Resolves to what it said; that a node is
 * there already, or is not, is no error.
 */
export function inRegistryShell(
  hosts: Hosts,
  member: string,
  lines: readonly string[],
): Promise<string> {
  const end = 'END OF LINES';
  const all = `echo "addauth digest super:$(cat ${right})"; cat <<'${end}'\n${lines.join('\n')}\n${end}`;
  return hosts.run(member, `{ ${all}\n} | ${registryShell} 2>&1 || true`);
}
