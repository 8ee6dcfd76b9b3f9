import { closeSync, linkSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

export interface Lock {
  release(): void;
}

/** Somebody else works on the stack right now. */
export class LockedError extends Error {
  constructor(path: string, pid: number) {
    super(
      `another run is at work on this stack: process ${pid}. Wait for it, or stop it with Ctrl-C. ` +
        `(If that process is something else, remove ${path}.)`,
    );
    this.name = 'LockedError';
  }
}

/**
 * Takes the stack's lock: a file that holds our process id. One whose process is gone is taken
 * over. Everything is synchronous, so that `release` can run while the process exits.
 */
export function takeLock(path: string): Lock {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const own = `${path}.${process.pid}`;
  writeOwn(own);
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // A link appears whole or not at all: nobody ever reads a half-written lock.
      if (linked(own, path)) return { release: () => rmSync(path, { force: true }) };
      const holder = holderOf(path);
      if (holder !== undefined && isAlive(holder)) throw new LockedError(path, holder);
      rmSync(path, { force: true });
    }
    throw new Error(`cannot take the lock ${path}: it comes back as soon as it is removed`);
  } finally {
    rmSync(own, { force: true });
  }
}

/** Holds the lock while `work` runs, and no longer than this process. */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const lock = takeLock(path);
  process.on('exit', lock.release);
  try {
    return await work();
  } finally {
    process.off('exit', lock.release);
    lock.release();
  }
}

function writeOwn(path: string): void {
  const file = openSync(path, 'w', 0o600);
  writeSync(file, `${process.pid}\n`);
  closeSync(file);
}

function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

function holderOf(path: string): number | undefined {
  try {
    const pid = Number.parseInt(readFileSync(path, 'utf8'), 10);
    return Number.isInteger(pid) && pid > 0 ? pid : undefined;
  } catch {
    return undefined; // gone meanwhile
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
