/** What people and other programs do to the registry. */
import type { Hosts } from './hosts.ts';
import { inRegistryShell } from './registry-shell.ts';

/** Deletes children of a path, within milliseconds of each other. */
export async function deleteChildren(
  hosts: Hosts,
  member: string,
  path: string,
  children: readonly string[],
): Promise<void> {
  await inRegistryShell(
    hosts,
    member,
    children.map((child) => `delete ${path}/${child}`),
  );
}

/** Creates a sequential child that starts with `prefix`; `data` has no blanks. */
export async function createChild(
  hosts: Hosts,
  member: string,
  path: string,
  { prefix, data }: { readonly prefix: string; readonly data: string },
): Promise<void> {
  const output = await inRegistryShell(hosts, member, [`create -s ${path}/${prefix} ${data}`]);
  if (!output.includes(`Created ${path}/${prefix}`)) throw new Error(`not created: ${output}`);
}
