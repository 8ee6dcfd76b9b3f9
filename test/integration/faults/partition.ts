/** Networks that drop, one way or both, or that reset: nftables on a host, in a table of its own. */
import { randomBytes } from 'node:crypto';
import type { Inventory } from '../harness/inventory.ts';
import type { Fault } from './fault.ts';
import { doneAt, now } from './script.ts';

export interface Partition {
  readonly what: string;
  readonly host: string;
  /** Hosts that it is cut from; its way to the machine that runs the drills stays. */
  readonly from: readonly string[];
  /** Of the other side: 2181 cuts it from ZooKeeper's clients' port alone. */
  readonly port?: number;
  readonly ways?: 'both' | 'in' | 'out';
  /** A reset tells at once, silence does not. */
  readonly how?: 'drop' | 'reset';
}

/** What the kernel still has under way ends with it, in one way or the other. */
export function partitioned(partition: Partition): Fault {
  const { what, host, from } = partition;
  const table = `drill_${randomBytes(4).toString('hex')}`;
  return {
    what,
    hosts: [host],
    // Requests go from host to host; ZooKeeper carries none.
    cutsConnections: partition.port === undefined,
    break: (inventory) => {
      const rules = ruleset(
        table,
        partition,
        from.map((name) => inventory.hosts.address(name)),
      );
      return doneAt(inventory, host, `nft -f - <<'END'\n${rules}\nEND\n${now}`);
    },
    heal: async ({ hosts }) => {
      await hosts.run(
        host,
        `nft delete table inet ${table} 2>/dev/null || ! nft list table inet ${table} 2>/dev/null`,
      );
    },
  };
}

function ruleset(
  table: string,
  { port, ways = 'both', how = 'drop' }: Partition,
  addresses: readonly string[],
): string {
  const others = `{ ${addresses.join(', ')} }`;
  const verdict = how === 'drop' ? 'drop' : 'meta l4proto tcp reject with tcp reset';
  const toPort = port === undefined ? '' : `tcp dport ${port} `;
  const fromPort = port === undefined ? '' : `tcp sport ${port} `;
  const chain = (hook: string, rule: string): string =>
    `  chain ${hook} {\n    type filter hook ${hook} priority -10;\n    ${rule} ${verdict}\n  }`;
  const incoming = chain('input', `ip saddr ${others} ${fromPort}`);
  const outgoing = chain('output', `ip daddr ${others} ${toPort}`);
  const chains = ways === 'both' ? [incoming, outgoing] : ways === 'in' ? [incoming] : [outgoing];
  return [`table inet ${table} {`, ...chains, '}'].join('\n');
}

/** Why partitions cannot be made on this stack, if so. */
export async function withoutNftables({ hosts, outputs }: Inventory): Promise<string | undefined> {
  for (const host of Object.keys(outputs.hosts)) {
    const there = await hosts.run(host, 'command -v nft > /dev/null && echo yes || echo no');
    if (there !== 'yes') return `${host} has no nftables`;
  }
  return undefined;
}
