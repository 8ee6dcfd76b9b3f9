import { utimes, writeFile } from 'node:fs/promises';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';

/** As often as the original's main loop comes round. */
const periodMs = 10_000;

/** Touches a file for as long as the event loop turns (`heartbeat_path`). */
export async function keepHeartbeat(
  path: string,
  { clock, logger }: { readonly clock: Clock; readonly logger: Logger },
  signal: AbortSignal,
): Promise<void> {
  let failing = false;
  while (!signal.aborted) {
    const error = await touch(path, clock.wallMs());
    if (error !== undefined && !failing) logger.warn('heartbeat-failed', { path, error });
    failing = error !== undefined;
    await clock.sleep(periodMs, signal).catch(() => undefined);
  }
}

async function touch(path: string, wallMs: number): Promise<unknown> {
  try {
    await writeFile(path, '', { flag: 'a' });
    await utimes(path, wallMs / 1_000, wallMs / 1_000);
    return undefined;
  } catch (error) {
    return error;
  }
}
