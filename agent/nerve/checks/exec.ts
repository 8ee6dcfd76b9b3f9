import { setTimeout as sleep } from 'node:timers/promises';
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

/** A program that was killed has ended by then, unless the kernel does not let it. */
const endingMs = 50;

/** Runs a program; its exit code decides, and the first line it prints says why it failed. */
export type CheckExec = (
  definition: ExecCheckDefinition,
  signal: AbortSignal,
) => Promise<CheckResult>;

/**
 * One that waits for a dead disk cannot be killed: while the last program of a check has not ended,
 * the check fails, and starts no other, so that they do not pile up.
 */
export function createExecCheck(run: typeof runInGroup = runInGroup): CheckExec {
  const running = new WeakMap<ExecCheckDefinition, Promise<void>>();
  return async (definition, signal) => {
    const { command, exitCodes, host, port } = definition;
    if (!(await endsSoon(running.get(definition)))) return failed('the last one has not ended');
    signal.throwIfAborted();
    const { promise: gone, resolve } = Promise.withResolvers<void>();
    running.set(definition, gone);
    const onGone = (): void => {
      running.delete(definition);
      resolve();
    };
    const environment = { PATH: process.env.PATH ?? defaultPath, HOST: host, PORT: String(port) };
    const { exitCode, summary } = await run({ command, cwd: '/', environment }, signal, onGone);
    signal.throwIfAborted();
    return exitCodes.some((one) => one === exitCode) ? passed : failed(summary);
  };
}

async function endsSoon(gone: Promise<void> | undefined): Promise<boolean> {
  if (gone === undefined) return true;
  const waiting = new AbortController();
  const expired = sleep(endingMs, false, { signal: waiting.signal }).catch(() => false);
  const ended = await Promise.race([gone.then(() => true), expired]);
  waiting.abort();
  return ended;
}
