import { runInGroup } from '../../lib/run-in-group.ts';
import type { CommonCheckDefinition } from './common.ts';
import { type CheckResult, failed, passed } from './result.ts';

export interface ExecCheckDefinition extends CommonCheckDefinition {
  readonly type: 'exec';
  /** A program and its arguments. */
  readonly command: readonly string[];
  readonly exitCodes: readonly number[];
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Runs a program; its exit code decides, and the first line it prints says why it failed. */
export async function checkExec(
  { command, exitCodes, host, port }: ExecCheckDefinition,
  signal: AbortSignal,
): Promise<CheckResult> {
  const environment = { PATH: process.env.PATH ?? defaultPath, HOST: host, PORT: String(port) };
  const { exitCode, summary } = await runInGroup({ command, cwd: '/', environment }, signal);
  signal.throwIfAborted();
  return exitCodes.some((one) => one === exitCode) ? passed : failed(summary);
}
