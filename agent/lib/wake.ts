import type { Clock } from './clock.ts';
import { linkAbort } from './linked-abort.ts';

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
        const waiting = linkAbort(signal);
        notify = () => waiting.abort();
        await clock.sleep(ms, waiting.signal).catch(() => undefined);
        waiting.abort();
        notify = undefined;
        signal.throwIfAborted();
      }
      const result = woken ? 'woken' : 'elapsed';
      woken = false;
      return result;
    },
  };
}
