import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';

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

/**
 * By the scheduler's own account, in nanoseconds (proc(5), `schedstat`): `stat` has ticks of 10 ms,
 * and charges a whole one to whoever happens to run when it comes.
 */
async function cpuSeconds(pid: number): Promise<number> {
  const folder = `/proc/${pid}/task`;
  const threads = await readdir(folder);
  const texts = await Promise.all(
    threads.map((thread) => readFile(`${folder}/${thread}/schedstat`, 'utf8')),
  );
  return texts.reduce((sum, text) => sum + Number(text.split(' ')[0]) / 1e9, 0);
}
