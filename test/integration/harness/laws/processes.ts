/** Law: daemons are not restarted without cause, and leak nothing. */
import type { Inventory } from '../inventory.ts';
import { judge, limits } from '../limits.ts';
import type { JudgedLimit, LawViolation } from '../outcome.ts';

export interface ProcessState {
  readonly host: string;
  readonly unit: string;
  /** `0` where it does not run. */
  readonly pid: string;
  /** In ticks of the kernel: hosts that were rebooted tend to give the same numbers to others. */
  readonly startedAt: string;
  readonly descriptors: number;
  readonly memoryMb: number;
}

const daemons = ['nerve', 'synapse', 'haproxy'] as const;

/** Main processes of all daemons and services; the worker of HAProxy as `haproxy worker`. */
export async function processes(inventory: Inventory): Promise<readonly ProcessState[]> {
  const names = Object.keys(inventory.outputs.hosts);
  const lists = await Promise.all(
    names.map(async (host) => {
      const units = unitsOn(inventory, host);
      const output = await inventory.hosts.run(host, script(units));
      return output.split('\n').map((line) => parse(host, line));
    }),
  );
  return lists.flat();
}

function unitsOn({ outputs, members, serviceHosts }: Inventory, host: string): readonly string[] {
  const services = Object.entries(outputs.services).filter(([, { on }]) => on.includes(host));
  return [
    ...(members.includes(host) ? ['zookeeper'] : []),
    ...(serviceHosts.includes(host) ? daemons : []),
    ...services.map(([name]) => name),
  ];
}

function script(units: readonly string[]): string {
  return [
    'started() { sed "s/.*) //" /proc/$1/stat 2>/dev/null | cut -d " " -f 20; }',
    "memory() { awk '/^VmRSS/ { print $2 }' /proc/$1/status 2>/dev/null; }",
    'tell() { echo "$1,$2,$(started $2),$(ls /proc/$2/fd 2>/dev/null | wc -l),$(memory $2)"; }',
    `for unit in ${units.join(' ')}; do tell "$unit" "$(systemctl show -P MainPID $unit)"; done`,
    'for pid in $(pgrep -P "$(systemctl show -P MainPID haproxy)" haproxy 2>/dev/null); do tell haproxy-worker $pid; done',
  ].join('\n');
}

function parse(host: string, line: string): ProcessState {
  const [unit = '', pid = '0', startedAt = '', descriptors, kilobytes] = line.trim().split(',');
  return {
    ...{ host, unit, pid, startedAt },
    descriptors: Number(descriptors ?? 0),
    memoryMb: Number(kilobytes ?? 0) / 1_024,
  };
}

type Excused = readonly { readonly host: string; readonly unit: string }[];

export function unasked(
  before: readonly ProcessState[],
  after: readonly ProcessState[],
  excused: Excused,
): readonly LawViolation[] {
  return before
    .filter(({ unit }) => unit !== 'haproxy-worker')
    .filter(({ host, unit }) => !isExcused(excused, host, unit))
    .flatMap((then) => {
      const { host, unit, pid } = then;
      const now = after.find((one) => one.host === host && one.unit === unit);
      if (now !== undefined && isSame(now, then)) return [];
      const law = 'daemons are not restarted without cause';
      return [{ law, host, what: `${unit} was process ${pid}, and is ${now?.pid ?? 'gone'}` }];
    });
}

/** The most that any daemon of ours gained, of those that are still the same process. */
export function growth(
  before: readonly ProcessState[],
  after: readonly ProcessState[],
): readonly JudgedLimit[] {
  const gains = before
    .filter(({ unit }) => ['nerve', 'synapse', 'haproxy-worker'].includes(unit))
    .flatMap((then) => {
      const now = after.find((one) => isSame(one, then));
      return now === undefined ? [] : [{ then, now }];
    });
  const most = (gain: (pair: (typeof gains)[number]) => number): number =>
    Math.max(0, ...gains.map(gain));
  return [
    judge(
      limits.moreDescriptors,
      most(({ then, now }) => now.descriptors - then.descriptors),
    ),
    judge(limits.moreMemory, Math.round(most(({ then, now }) => now.memoryMb - then.memoryMb))),
  ];
}

function isSame(a: ProcessState, b: ProcessState): boolean {
  return a.host === b.host && a.unit === b.unit && a.pid === b.pid && a.startedAt === b.startedAt;
}

function isExcused(excused: Excused, host: string, unit: string): boolean {
  return excused.some((one) => one.host === host && (one.unit === unit || one.unit === '*'));
}
