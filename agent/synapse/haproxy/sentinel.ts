/** Notices that HAProxy was restarted, reloaded or stopped by somebody else. */
import type { Clock } from '../../lib/clock.ts';
import { createWake } from '../../lib/wake.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import { AnswerError, isStopping, type ProcessInfo, parseInfo } from './answers.ts';
import { type HeldConnection, holdConnection } from './held-connection.ts';
import { watchMaster } from './master-watch.ts';

export interface SentinelOptions {
  /** Of the runtime socket; changes with the configuration; `undefined`: nothing to watch. */
  readonly path: () => string | undefined;
  /** Of the master's socket; `undefined`: there is none. */
  readonly masterPath?: () => string | undefined;
  /** For where no connection to the socket itself can be had; default: nobody answers there. */
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
const deadlineMs = 2_000;

/** Until aborted. */
export async function watchProcess(options: SentinelOptions, signal: AbortSignal): Promise<void> {
  const { clock, known, onChange } = options;
  const wake = createWake();
  const line = createLine(options, wake.wake);
  const master = watchMaster({ path: () => options.masterPath?.(), clock, onEnd: wake.wake });
  let waitMs = redialMs;
  while (!signal.aborted) {
    const before = known()?.pid;
    // What was held may have been closed for being idle.
    const pid = (await line.pid()) ?? (await line.pid()) ?? (await pidOf(options.admin?.()));
    // A pass that ran meanwhile has noticed already.
    if (pid !== before && known()?.pid === before) onChange();
    const isTold = master.tellsOfReloads();
    waitMs = pid === undefined ? Math.min(pollMs, waitMs * 2) : isTold ? restMs : pollMs;
    await wake.wait(waitMs, clock, signal).catch(() => undefined);
    if (pid !== undefined) waitMs = redialMs;
  }
  line.end();
  master.end();
}

async function pidOf(admin: AdminSocket | undefined): Promise<number | undefined> {
  return await serving(() => admin?.ask('show info'));
}

/** `undefined` where none answers, or one that is about to end. */
async function serving(ask: () => Promise<string> | undefined): Promise<number | undefined> {
  try {
    const answer = await ask();
    return answer === undefined || isStopping(answer) ? undefined : parseInfo(answer).pid;
  } catch (error) {
    if (!(error instanceof AdminError || error instanceof AnswerError)) throw error;
    return undefined;
  }
}

interface Line {
  /** Of the process that serves; `undefined` where none answers, or no more for long. */
  pid(): Promise<number | undefined>;
  end(): void;
}

function createLine({ path, clock }: SentinelOptions, onEnd: () => void): Line {
  let held: { readonly connection: HeldConnection; readonly path: string } | undefined;
  const end = (): void => {
    held?.connection.end();
    held = undefined;
  };
  return {
    pid: async () => {
      const wanted = path();
      if (held?.path !== wanted) end();
      if (wanted === undefined) return undefined;
      held ??= {
        path: wanted,
        connection: holdConnection({ path: wanted, clock, deadlineMs, onEnd }),
      };
      const { connection } = held;
      const pid = await serving(() => connection.ask('show info'));
      if (pid === undefined) end();
      return pid;
    },
    end,
  };
}
