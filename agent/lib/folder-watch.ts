import { watch } from 'node:fs/promises';
import { createBackoff } from './backoff.ts';
import type { Clock } from './clock.ts';
import { createWake, type Wake } from './wake.ts';

export interface FolderWatchOptions {
  readonly path: string;
  readonly clock: Clock;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** Called some time after changes, and from time to time without any; must not reject. */
  readonly onChange: () => Promise<void>;
}

/** Writers that are not atomic get this long to finish. */
const quietMs = 100;
/** The kernel tells nothing of a folder that was replaced, or on some network file systems. */
const rescanMs = 30_000;
const retryMs = { baseMs: 500, capMs: 10_000 };

/** Follows a folder's files until aborted. */
export async function watchFolder(options: FolderWatchOptions, signal: AbortSignal): Promise<void> {
  const { clock, onChange } = options;
  const changes = createWake();
  const listening = listen(options, changes, signal);
  while (!signal.aborted) {
    await changes.wait(rescanMs, clock, signal).catch(() => undefined);
    await clock.sleep(quietMs, signal).catch(() => undefined);
    if (!signal.aborted) await onChange();
  }
  await listening;
}

async function listen(
  { path, clock, random }: FolderWatchOptions,
  changes: Wake,
  signal: AbortSignal,
): Promise<void> {
  const backoff = createBackoff({ ...retryMs, random });
  while (!signal.aborted) {
    try {
      for await (const _ of watch(path, { signal })) {
        backoff.reset();
        changes.wake();
      }
    } catch {
      // The folder is gone or the watch limit is reached: the rescan stands in meanwhile.
      await clock.sleep(backoff.nextMs(), signal).catch(() => undefined);
    }
  }
}
