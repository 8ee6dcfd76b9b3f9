import type { Clock } from '../../lib/clock.ts';
import { DeadlineError, withDeadline } from '../../lib/deadline.ts';
import { linkAbort } from '../../lib/linked-abort.ts';
import type { CheckDefinition } from './definition.ts';
import { drivers } from './drivers.ts';
import { type CheckExec, createExecCheck } from './exec.ts';
import { checkHttp } from './http.ts';
import { checkModule, loadModule } from './module.ts';
import { type CheckResult, failed, messageOf, passed } from './result.ts';
import { checkTcp } from './tcp.ts';

export { type CheckResult, failed, passed } from './result.ts';

/** Runs one check once. Aborting `signal` frees what it holds; it may then reject. */
export type RunCheck = (definition: CheckDefinition, signal: AbortSignal) => Promise<CheckResult>;

/** For what is loaded when first used; a check's own time-out starts after it. */
const loadTimeoutMs = 10_000;

/** Remembers programs that have not ended. */
export function createRunCheck(checkExec: CheckExec = createExecCheck()): RunCheck {
  return (definition, signal) => runOnce(definition, signal, checkExec);
}

async function runOnce(
  definition: CheckDefinition,
  signal: AbortSignal,
  checkExec: CheckExec,
): Promise<CheckResult> {
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
}

export interface CheckSurroundings {
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** The check within its time-out; everything that goes wrong in it means that it failed. */
export async function runWithinTimeout(
  run: RunCheck,
  definition: CheckDefinition,
  { clock, signal }: CheckSurroundings,
): Promise<CheckResult> {
  try {
    const loading = load(definition);
    if (loading) await withDeadline(loading, { ms: loadTimeoutMs, clock, signal });
    const result = await attempt(run, definition, { clock, signal });
    // A process that stood still cannot blame the service: it is asked once more.
    return result === 'stalled' ? await attemptAgain(run, definition, { clock, signal }) : result;
  } catch (error) {
    signal.throwIfAborted();
    return failed(messageOf(error));
  }
}

/** How late a timer may be before it tells of this process rather than of the service. */
const stallMs = 100;

/** `stalled`: the time-out came long after its time, and says nothing of the service. */
async function attempt(
  run: RunCheck,
  definition: CheckDefinition,
  { clock, signal }: CheckSurroundings,
): Promise<CheckResult | 'stalled'> {
  const { timeoutMs } = definition;
  const startMs = clock.now();
  const running = linkAbort(signal);
  try {
    const result = run(definition, running.signal);
    return await withDeadline(result, { ms: timeoutMs, clock, signal });
  } catch (error) {
    running.abort();
    if (!(error instanceof DeadlineError)) throw error;
    return clock.now() - startMs > timeoutMs + stallMs ? 'stalled' : failed(error.message);
  } finally {
    running.release();
  }
}

async function attemptAgain(
  run: RunCheck,
  definition: CheckDefinition,
  surroundings: CheckSurroundings,
): Promise<CheckResult> {
  const result = await attempt(run, definition, surroundings);
  return result === 'stalled' ? failed(new DeadlineError(definition.timeoutMs).message) : result;
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
