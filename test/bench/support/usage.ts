import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

/** Clock ticks per second in /proc: the same on every Linux that Node runs on. */
const ticksPerSecond = 100;

/** Share of one core, in percent, that a process takes for `durationMs` from now on. */
export async function coreShare(pid: number, durationMs: number): Promise<number> {
  const startMs = performance.now();
  const before = await cpuSeconds(pid);
  await sleep(durationMs);
  const used = (await cpuSeconds(pid)) - before;
  return (100_000 * used) / (performance.now() - startMs);
}

/** Resident memory of a process. */
export async function residentMib(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1_024;
}

async function cpuSeconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold blanks; proc(5) counts from there.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}
