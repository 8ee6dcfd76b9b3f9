import type { Clock } from '../../lib/clock.ts';
import { DeadlineError, withDeadline } from '../../lib/deadline.ts';
import type { CheckDefinition } from './definition.ts';
import { drivers } from './drivers.ts';
import { checkExec } from './exec.ts';
import { checkHttp } from './http.ts';
import { checkModule, loadModule } from './module.ts';
import { type CheckResult, failed, messageOf, passed } from './result.ts';
import { checkTcp } from './tcp.ts';

export { type CheckResult, failed, passed } from './result.ts';

/** Runs one check once. Aborting `signal` frees what it holds; it may then reject. */
export type RunCheck = (definition: CheckDefinition, signal: AbortSignal) => Promise<CheckResult>;

/** For what is loaded when first used; a check's own time-out starts after it. */
const loadTimeoutMs = 10_000;

export const runCheck: RunCheck = async (definition, signal) => {
  switch (definition.type) {
    case 'tcp':
      return await checkTcp(definition, signal);
    case 'http':
      return await checkHttp(definition, signal);
    case 'noop':
      return passed;
    case 'redis':
      return await (await drivers.redis())(definition, signal);
    case 'rabbitmq':
      return await (await drivers.rabbitmq())(definition, signal);
    case 'exec':
      return await checkExec(definition, signal);
    case 'grpc':
      return await (await drivers.grpc())(definition, signal);
    case 'sql':
      return await (await drivers.sql(definition.driver))(definition, signal);
    case 'module':
      return await checkModule(definition, signal);
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
    const loading = load(definition);
    if (loading) await withDeadline(loading, { ms: loadTimeoutMs, clock, signal });
    const result = run(definition, AbortSignal.any([signal, abort.signal]));
    return await withDeadline(result, { ms: definition.timeoutMs, clock, signal });
  } catch (error) {
    signal.throwIfAborted();
    return failed(error instanceof DeadlineError ? error.message : messageOf(error));
  } finally {
    abort.abort();
  }
}

/** `undefined` where there is nothing to wait for. */
function load(definition: CheckDefinition): Promise<unknown> | undefined {
  switch (definition.type) {
    case 'redis':
    case 'rabbitmq':
    case 'grpc':
      return drivers[definition.type]();
    case 'sql':
      return drivers.sql(definition.driver);
    case 'module':
      return loadModule(definition);
    case 'tcp':
    case 'http':
    case 'noop':
    case 'exec':
      return undefined;
  }
}
