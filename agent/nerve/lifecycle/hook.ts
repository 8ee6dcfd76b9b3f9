import { type GroupEnd, runInGroup } from '../../lib/run-in-group.ts';
import type { CommandDefinition } from '../definition.ts';

export type HookResult =
  | { readonly ok: true }
  /** `reason` is one line for logs and status; it may quote what the program said. */
  | { readonly ok: false; readonly reason: string };

/**
 * Runs a service's `pre_up` or `pre_down`, without a shell, to its end, its time-out or the abort;
 * never rejects. `environment` comes on top of this process's own.
 */
export type RunHook = (
  hook: CommandDefinition,
  environment: Readonly<Record<string, string>>,
  signal: AbortSignal,
) => Promise<HookResult>;

/** What systemd tells a daemon about itself: a child that used it would speak in its name. */
const daemonsOwn = ['NOTIFY_SOCKET', 'WATCHDOG_PID', 'WATCHDOG_USEC', 'LISTEN_PID', 'LISTEN_FDS'];

export const runHook: RunHook = async ({ command, timeoutMs }, environment, signal) => {
  const expired = new AbortController();
  const timer = setTimeout(() => expired.abort(), timeoutMs);
  const end = await runInGroup(
    { command, cwd: '/', environment: { ...inherited(), ...environment } },
    AbortSignal.any([signal, expired.signal]),
  );
  clearTimeout(timer);
  return judge(end, expired.signal.aborted ? timeoutMs : undefined);
};

function judge({ exitCode, summary }: GroupEnd, expiredMs: number | undefined): HookResult {
  if (exitCode === 0) return { ok: true };
  if (expiredMs === undefined) return { ok: false, reason: summary };
  const reason = summary.replace(/^aborted/, `not finished within ${Math.round(expiredMs)} ms`);
  return { ok: false, reason };
}

function inherited(): NodeJS.ProcessEnv {
  const entries = Object.entries(process.env).filter(([name]) => !daemonsOwn.includes(name));
  return Object.fromEntries(entries);
}
