import type { Clock } from './clock.ts';

/** Wakes a loop. A call while the loop works is not lost: its next wait ends at once. */
export interface Wake {
  wake(): void;
  /** Calls so far end no wait: what starts now serves them. */
  forget(): void;
  /** Ends when woken, or after `ms`; rejects with the signal's reason. For one waiter. */
  wait(ms: number, clock: Clock, signal: AbortSignal): Promise<'woken' | 'elapsed'>;
}

export function createWake(): Wake {
  let woken = false;
  let notify: (() => void) | undefined;
  return {
    wake: () => {
      woken = true;
      notify?.();
    },
    forget: () => {
      woken = false;
    },
    wait: async (ms, clock, signal) => {
      signal.throwIfAborted();
      if (!woken) {
        await pause(ms, clock, signal, (resume) => {
          notify = resume;
        });
        notify = undefined;
        signal.throwIfAborted();
      }
      const result = woken ? 'woken' : 'elapsed';
      woken = false;
      return result;
    },
  };
}

/** Until whatever comes first: the time, the abort, or a call of what `onStart` gets. */
function pause(
  ms: number,
  clock: Clock,
  signal: AbortSignal,
  onStart: (resume: () => void) => void,
): Promise<void> {
  return new Promise((resolve) => {
    const resume = (): void => {
      cancel();
      signal.removeEventListener('abort', resume);
      resolve();
    };
    const cancel = clock.after(ms, resume);
    signal.addEventListener('abort', resume);
    onStart(resume);
  });
}
