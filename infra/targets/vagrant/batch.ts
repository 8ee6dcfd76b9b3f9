import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { tryLock } from '../../prerequisites/wait-for-lock.ts';

export interface BatchOptions {
  /** Shared by all processes that take part. */
  readonly folder: string;
  readonly action: string;
  readonly name: string;
  /** Does it for all names at once. Whether it went well, each process finds out for itself. */
  readonly perform: (names: readonly string[]) => Promise<void>;
  /** How long no new request has to come in before a batch starts. */
  readonly quietMs?: number;
}

const pollMs = 100;
const longestWindowMs = 3_000;

/**
 * Lets processes that want the same thing done for different machines share one run of it: Vagrant
 * spends most of a short command on starting up, and does not like company in its folders.
 *
 * Each process leaves a request; whoever gets the lock serves all requests there are. Returns when
 * ours was served. Requests of processes that died are dropped.
 */
export async function inBatch(options: BatchOptions): Promise<void> {
  const requests = join(options.folder, options.action);
  const request = join(requests, options.name);
  await mkdir(requests, { recursive: true });
  await writeFile(request, `${process.pid}`);
  try {
    while (await isPending(request)) {
      const lock = tryLock(join(options.folder, 'lock'));
      if (lock === undefined) {
        await sleep(pollMs);
        continue;
      }
      try {
        if (await isPending(request)) await serve(requests, options);
      } finally {
        lock.release();
      }
    }
  } finally {
    await rm(request, { force: true });
  }
}

async function serve(requests: string, { perform, quietMs = 400 }: BatchOptions): Promise<void> {
  const names = await gather(requests, quietMs);
  await perform(names);
  await Promise.all(names.map((name) => rm(join(requests, name), { force: true })));
}

async function gather(requests: string, quietMs: number): Promise<string[]> {
  const end = performance.now() + longestWindowMs;
  let names = await livingRequests(requests);
  for (let count = -1; count !== names.length && performance.now() < end; ) {
    count = names.length;
    await sleep(quietMs);
    names = await livingRequests(requests);
  }
  return names;
}

async function livingRequests(requests: string): Promise<string[]> {
  const names = (await readdir(requests)).sort();
  const alive = await Promise.all(names.map((name) => isFromTheLiving(join(requests, name))));
  return names.filter((_, index) => alive[index]);
}

async function isFromTheLiving(request: string): Promise<boolean> {
  try {
    process.kill(Number(await readFile(request, 'utf8')), 0);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EPERM') return true;
    await rm(request, { force: true });
    return false;
  }
}

async function isPending(request: string): Promise<boolean> {
  return (await readFile(request, 'utf8').catch(() => undefined)) !== undefined;
}
