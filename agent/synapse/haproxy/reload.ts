/** A seamless reload, and the proof that it took place. */
import type { Clock } from '../../lib/clock.ts';
import type { RunCommand } from '../../lib/run-command.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import type { ProcessInfo } from './answers.ts';
import { whoAnswers } from './observe.ts';

export type ReloadResult =
  | { readonly ok: true; readonly process: ProcessInfo }
  | { readonly ok: false; readonly reason: string };

export interface Reloader {
  /**
   * Resolves once a worker other than `before`, and than those that the master already has, runs
   * the text of `fingerprint`; `before` is `undefined` where no worker answered.
   */
  reload(
    before: ProcessInfo | undefined,
    fingerprint: string,
    signal: AbortSignal,
  ): Promise<ReloadResult>;
}

export interface ReloaderOptions {
  /** How to ask for it: the original's command, or the master's socket. */
  readonly by:
    | { readonly kind: 'command'; readonly command: string; readonly runCommand: RunCommand }
    | { readonly kind: 'master'; readonly master: AdminSocket };
  /** `undefined` where there is no socket to ask the new worker: the request counts then. */
  readonly admin: AdminSocket | undefined;
  readonly clock: Clock;
  readonly deadlineMs: number;
}

const pollMs = 20;
/** For a master that executes itself anew, because somebody else asked for it, to listen again. */
const absentMs = 1_000;

export function createReloader({ by, admin, clock, deadlineMs }: ReloaderOptions): Reloader {
  return {
    reload: async (before, fingerprint, signal) => {
      const then = by.kind === 'master' ? await askMaster(by.master) : undefined;
      const refusal = await request({ by, deadlineMs, clock }, before !== undefined, signal);
      if (refusal !== undefined) return { ok: false, reason: refusal };
      if (admin === undefined) {
        return { ok: true, process: { pid: 0, version: '', fingerprint } };
      }
      const untilMs = clock.now() + deadlineMs;
      while (clock.now() < untilMs) {
        // `undefined`: the old worker has left, or the new one does not listen yet.
        const info = await whoAnswers(admin);
        const isNew =
          info !== undefined && info.pid !== before?.pid && !then?.workers.has(info.pid);
        if (isNew && info.fingerprint === fingerprint) return { ok: true, process: info };
        if (by.kind === 'master' && (await hasFailed(by.master, then))) {
          return { ok: false, reason: 'HAProxy refused the new text: see its log' };
        }
        await clock.sleep(pollMs, signal);
      }
      return { ok: false, reason: `no new worker within ${deadlineMs} ms` };
    },
  };
}

/** `undefined` when it was accepted. */
async function request(
  { by, deadlineMs, clock }: Omit<ReloaderOptions, 'admin'>,
  runs: boolean,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (by.kind === 'command') {
    const result = await by.runCommand('/bin/sh', ['-c', by.command], deadlineMs);
    return result.exitCode === 0 ? undefined : `the reload command failed: ${result.output.trim()}`;
  }
  const untilMs = clock.now() + (runs ? absentMs : 0);
  for (;;) {
    try {
      const answer = await by.master.ask('reload');
      // From 2.8 on the master tells; before, it closes at once.
      return /^Success=0/m.test(answer) ? answer.slice(0, 2_000) : undefined;
    } catch (error) {
      if (!(error instanceof AdminError)) throw error;
      // It executes itself anew, which may cut the connection.
      if (error.code === 'cut') return undefined;
      const isAbsent = error.code === 'unreachable' && clock.now() < untilMs;
      if (!isAbsent) return `the master does not answer: ${error.message}`;
    }
    await clock.sleep(pollMs, signal);
  }
}

/** What the master says of itself and of its workers. */
interface MasterState {
  readonly reloads: number;
  /** Since the last good one. */
  readonly failed: number;
  /** Their pids, also of those that do not answer yet, and of those that are leaving. */
  readonly workers: ReadonlySet<number>;
}

async function hasFailed(master: AdminSocket, before: MasterState | undefined): Promise<boolean> {
  const now = await askMaster(master);
  return now !== undefined && now.reloads > (before?.reloads ?? 0) && now.failed > 0;
}

/** `undefined` while the master executes itself anew. */
async function askMaster(master: AdminSocket): Promise<MasterState | undefined> {
  const answer = await master.ask('show proc').catch(() => '');
  const match = /^\d+\s+master\s+(\d+)\s+\[failed: (\d+)\]/m.exec(answer);
  if (match === null) return undefined;
  const workers = [...answer.matchAll(/^(\d+)\s+worker\s/gm)].map(([, pid]) => Number(pid));
  return { reloads: Number(match[1]), failed: Number(match[2]), workers: new Set(workers) };
}
