/** Notices that HAProxy was restarted, reloaded or stopped by somebody else. */
import type { Clock } from '../../lib/clock.ts';
import { createWake } from '../../lib/wake.ts';
import type { AdminSocket } from './admin.ts';
import type { ProcessInfo } from './answers.ts';
import { watchMaster } from './master-watch.ts';
import { whoAnswers } from './observe.ts';
import type { RuntimeLine } from './runtime-line.ts';

export interface SentinelOptions {
  readonly line: RuntimeLine;
  /** Of the master's socket; `undefined`: there is none. */
  readonly masterPath?: () => string | undefined;
  /** For where the line cannot be had; default: nobody answers there. */
  readonly admin?: () => AdminSocket | undefined;
  readonly clock: Clock;
  /** What synapse knows already. */
  readonly known: () => ProcessInfo | undefined;
  readonly onChange: () => void;
}

/** A reload leaves the old worker's connections open: within the second that it may be wrong. */
const pollMs = 700;
/** Where the master would tell of a reload; before HAProxy takes the held connection for idle. */
const restMs = 5_000;
/** While nobody answers, at first: a restart takes a moment. */
const redialMs = 50;
/** Of a reload that the master has told of: its worker is there once it has read its file. */
const reloadMs = 2_000;

/** Until aborted. */
export async function watchProcess(options: SentinelOptions, signal: AbortSignal): Promise<void> {
  const { line, clock, known, onChange } = options;
  const wake = createWake();
  line.onEnd(wake.wake);
  let reloadUntilMs = Number.NEGATIVE_INFINITY;
  const onReload = (): void => {
    reloadUntilMs = clock.now() + reloadMs;
    wake.wake();
  };
  const master = watchMaster({ path: () => options.masterPath?.(), clock, onEnd: onReload });
  let waitMs = redialMs;
  let last: number | undefined;
  while (!signal.aborted) {
    const before = known()?.pid;
    // What was held may have been closed for being idle.
    const pid = (await pidOn(line)) ?? (await pidOn(line)) ?? (await pidOf(options.admin?.()));
    // A pass that ran meanwhile has noticed already.
    if (pid !== before && known()?.pid === before) onChange();
    if (pid !== undefined && pid !== last) {
      last = pid;
      reloadUntilMs = Number.NEGATIVE_INFINITY;
    }
    const isTold = master.tellsOfReloads();
    if (pid === undefined) waitMs = Math.min(pollMs, waitMs * 2);
    else if (clock.now() < reloadUntilMs) waitMs = redialMs;
    else waitMs = isTold ? restMs : pollMs;
    await wake.wait(waitMs, clock, signal).catch(() => undefined);
    if (pid !== undefined) waitMs = redialMs;
  }
  line.end();
  master.end();
}

async function pidOn(line: RuntimeLine): Promise<number | undefined> {
  line.dial();
  const pid = await pidOf(line);
  if (pid === undefined) line.end();
  return pid;
}

async function pidOf(admin: AdminSocket | undefined): Promise<number | undefined> {
  return admin && (await whoAnswers(admin))?.pid;
}
