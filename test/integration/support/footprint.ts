/** What an environment leaves on the machine that runs it, to compare before and after. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

const questions: Readonly<Record<string, string>> = {
  containers: 'command -v lxc-ls > /dev/null && lxc-ls -1 || true',
  links: "ip -o link show | sed 's/^[0-9]*: \\([^:@]*\\).*/\\1/'",
  'packet filter rules': 'command -v nft > /dev/null && nft list ruleset || true',
  // By the places that hosts have: others may run the same programs here, a test suite for one.
  processes:
    "ps -eo args= | grep -E '^(/usr/sbin/haproxy .*/smartstack/|/usr/bin/lxc|/opt/smartstack/|.*/opt/zookeeper/.*QuorumPeerMain)' || true",
};

export type Footprint = Readonly<Record<string, readonly string[]>>;

export async function machineFootprint(): Promise<Footprint> {
  const answers = await Promise.all(
    Object.entries(questions).map(async ([what, script]) => {
      const { stdout } = await execute('sh', ['-c', script]);
      return [what, stdout.split('\n').filter((line) => line.trim() !== '')] as const;
    }),
  );
  return Object.fromEntries(answers);
}

/** What is there now and was not before, one line each. */
export function leftovers(before: Footprint, now: Footprint): readonly string[] {
  return Object.entries(now).flatMap(([what, lines]) =>
    lines.filter((line) => !before[what]?.includes(line)).map((line) => `${what}: ${line}`),
  );
}
