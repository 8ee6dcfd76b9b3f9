/**
 * Pulumi keeps a stack trace with each promise, of which there are a dozen for each resource: of
 * thousands of resources that is half of the time, and a third of the memory, that a preview takes.
 * An error in `work` has no trace either, unless Pulumi's own switch for leaking promises is on.
 */
export function withoutStackTraces<T>(work: () => T): T {
  if (process.env.PULUMI_DEBUG_PROMISE_LEAKS !== undefined) return work();
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return work();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
