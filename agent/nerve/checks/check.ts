import type { Clock } from '../../lib/clock.ts';
import { DeadlineError, withDeadline } from '../../lib/deadline.ts';
import type { CheckDefinition } from './definition.ts';
import { checkHttp } from './http.ts';
import { checkTcp } from './tcp.ts';

export type CheckResult =
  | { readonly passed: true }
  /** `reason` is one line for logs and status; it may quote what the service said. */
  | { readonly passed: false; readonly reason: string };

/** Runs one check once. Aborting `signal` frees what it holds; it may then reject. */
export type RunCheck = (definition: CheckDefinition, signal: AbortSignal) => Promise<CheckResult>;

export const passed: CheckResult = { passed: true };

export function failed(reason: string): CheckResult {
  return { passed: false, reason };
}

export const runCheck: RunCheck = async (definition, signal) => {
  switch (definition.type) {
    case 'tcp':
      return await checkTcp(definition, signal);
    case 'http':
      return await checkHttp(definition, signal);
    case 'noop':
      return passed;
  }
};

/** The check within its time-out; everything that goes wrong in it means that it failed. */
export async function runWithinTimeout(
  run: RunCheck,
  definition: CheckDefinition,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<CheckResult> {
  const abort = new AbortController();
  try {
    const result = run(definition, AbortSignal.any([signal, abort.signal]));
    return await withDeadline(result, { ms: definition.timeoutMs, clock, signal });
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof DeadlineError) return failed(error.message);
    return failed(error instanceof Error ? error.message : String(error));
  } finally {
    abort.abort();
  }
}
