/** A place that is asked from time to time, as `PollingWatcher` sees it. */
import type { DepartedInstance } from '../departures.ts';
import type { Children } from './candidates.ts';

export interface Source {
  readonly method: string;
  readonly intervalMs: number;
  /** Rejects with a `SourceError` where there is no answer. */
  ask(signal: AbortSignal): Promise<Answer>;
  /** Where the source can say that it is worth asking: until aborted. */
  follow?(onHint: () => void, signal: AbortSignal): Promise<void>;
}

export interface Answer extends Children {
  /** Of the instances that are missing, those that said that they leave. */
  readonly departed?: readonly DepartedInstance[];
  /** Parts of the source that gave none, for which what they said last stands in. */
  readonly silent?: readonly string[];
  /** When to ask again, if not after the interval. */
  readonly againInMs?: number;
}

/** No answer, or none that the source would give: what was found last stays (law 2). */
export class SourceError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'SourceError';
  }
}

/** Whatever goes wrong out there is no fault of ours; that we stop is none of theirs. */
export async function askOutside<T>(
  what: string,
  signal: AbortSignal,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    throw new SourceError(`${what}: ${reason}`, { cause: error });
  }
}
