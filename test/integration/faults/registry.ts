/** Nodes that other hands write into the registry, with ZooKeeper's own shell. */
import type { Inventory } from '../harness/inventory.ts';
import type { Fault } from './fault.ts';

const shell = '/opt/zookeeper/current/bin/zkCli.sh -server 127.0.0.1:2181';

export interface StrangeNode {
  readonly name: string;
  /** Without blanks: the shell takes them for the end of it. */
  readonly data: string;
}

/** Persistent children of a path, created within moments of each other. */
export function strangeNodes(what: string, path: string, nodes: readonly StrangeNode[]): Fault {
  return {
    what,
    hosts: [],
    break: async (inventory) => {
      const at = Date.now();
      await inShell(
        inventory,
        nodes.map(({ name, data }) => `create ${path}/${name} ${data}`),
      );
      return at;
    },
    heal: (inventory) =>
      inShell(
        inventory,
        nodes.map(({ name }) => `delete ${path}/${name}`),
      ),
  };
}

/** All in one session: the shell takes a second to start. A node that is not there is no fault. */
async function inShell(inventory: Inventory, lines: readonly string[]): Promise<void> {
  const [member = ''] = inventory.members;
  await inventory.hosts.run(
    member,
    `${shell} > /dev/null 2>&1 <<'END OF NODES'\n${lines.join('\n')}\nEND OF NODES`,
  );
}
