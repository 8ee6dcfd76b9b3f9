/** Notices that HAProxy was restarted, reloaded or stopped by somebody else. */
import type { Clock } from '../../lib/clock.ts';
import type { AdminSocket } from './admin.ts';
import { type ProcessInfo, parseInfo } from './answers.ts';

export interface SentinelOptions {
  /** Changes with the configuration; `undefined`: there is nothing to watch. */
  readonly admin: () => AdminSocket | undefined;
  readonly clock: Clock;
  /** What synapse knows already. */
  readonly known: () => ProcessInfo | undefined;
  readonly onChange: () => void;
}

/** Within the second that a restarted HAProxy may be wrong; each look costs a wake-up or five. */
const pollMs = 700;

/** Until aborted. One short question each time: about 0.3 ms of work. */
export async function watchProcess(options: SentinelOptions, signal: AbortSignal): Promise<void> {
  const { admin, clock, known, onChange } = options;
  while (!signal.aborted) {
    await clock.sleep(pollMs, signal).catch(() => undefined);
    const socket = admin();
    if (socket === undefined) continue;
    const before = known()?.pid;
    const pid = await pidOf(socket);
    // A pass that ran meanwhile has noticed already.
    if (pid !== before && known()?.pid === before) onChange();
  }
}

async function pidOf(admin: AdminSocket): Promise<number | undefined> {
  try {
    return parseInfo(await admin.ask('show info')).pid;
  } catch {
    return undefined;
  }
}
