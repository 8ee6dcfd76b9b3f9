/** Nodes that other hands write into the registry. */
import { inRegistryShell } from '../support/registry-shell.ts';
import type { Fault } from './fault.ts';

export interface StrangeNode {
  readonly name: string;
  /** Without blanks. */
  readonly data: string;
}

/** Persistent children of a path, created within moments of each other. */
export function strangeNodes(what: string, path: string, nodes: readonly StrangeNode[]): Fault {
  return {
    what,
    hosts: [],
    break: async ({ hosts, members: [member = ''] }) => {
      const at = Date.now();
      const lines = nodes.map(({ name, data }) => `create ${path}/${name} ${data}`);
      await inRegistryShell(hosts, member, lines);
      return at;
    },
    heal: async ({ hosts, members: [member = ''] }) => {
      await inRegistryShell(
        hosts,
        member,
        nodes.map(({ name }) => `delete ${path}/${name}`),
      );
    },
  };
}
