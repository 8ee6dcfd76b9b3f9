/** What people and other programs do to the registry, with ZooKeeper's own shell. */
import { shellQuote } from '../../../infra/components/shell.ts';
import type { Hosts } from './hosts.ts';

const shell = '/opt/zookeeper/current/bin/zkCli.sh -server 127.0.0.1:2181';

/** Deletes children of a path, within milliseconds of each other. */
export async function deleteChildren(
  hosts: Hosts,
  member: string,
  path: string,
  children: readonly string[],
): Promise<void> {
  await inShell(
    hosts,
    member,
    children.map((child) => `delete ${path}/${child}`),
  );
}

/**
 * Creates a sequential child that starts with `prefix`. `data` has no blanks: the shell takes them
 * for the end of it.
 */
export async function createChild(
  hosts: Hosts,
  member: string,
  path: string,
  { prefix, data }: { readonly prefix: string; readonly data: string },
): Promise<void> {
  const output = await inShell(hosts, member, [`create -s ${path}/${prefix} ${data}`]);
  if (!output.includes(`Created ${path}/${prefix}`)) throw new Error(`not created: ${output}`);
}

/** All in one session: the shell takes a second to start. */
async function inShell(hosts: Hosts, member: string, lines: readonly string[]): Promise<string> {
  const words = lines.map(shellQuote).join(' ');
  return await hosts.run(member, `printf '%s\\n' ${words} | ${shell} 2>&1`);
}
