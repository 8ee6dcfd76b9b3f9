import type { Clock } from '../../agent/lib/clock.ts';

export interface FakeClock extends Clock {
  /** Lets `ms` pass, waking sleepers in order, and lets what they started run. */
  advance(ms: number): Promise<void>;
  /** Milliseconds that the next sleeper still waits, or `undefined` when nobody sleeps. */
  nextWakeMs(): number | undefined;
  /** The wall clock alone steps. */
  stepWall(ms: number): void;
}

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

export function createFakeClock(): FakeClock {
  let now = 0;
  let wall = Date.UTC(2024, 0, 1);
  const sleepers = new Set<Sleeper>();
  const next = (): Sleeper | undefined => [...sleepers].sort((a, b) => a.at - b.at).at(0);
  return {
    now: () => now,
    wallMs: () => wall + now,
    after: (ms, callback) => {
      const sleeper = {
        at: now + ms,
        wake: () => {
          sleepers.delete(sleeper);
          callback();
        },
      };
      sleepers.add(sleeper);
      return () => sleepers.delete(sleeper);
    },
    sleep: (ms, signal) =>
      new Promise((resolve, reject) => {
        signal.throwIfAborted();
        const leave = (): void => {
          sleepers.delete(sleeper);
          signal.removeEventListener('abort', abort);
        };
        const abort = (): void => {
          leave();
          reject(signal.reason);
        };
        const wake = (): void => {
          leave();
          resolve();
        };
        const sleeper = { at: now + ms, wake };
        sleepers.add(sleeper);
        signal.addEventListener('abort', abort);
      }),
    advance: async (ms) => {
      const end = now + ms;
      await settle();
      for (let first = next(); first !== undefined && first.at <= end; first = next()) {
        now = Math.max(now, first.at);
        first.wake();
        await settle();
      }
      now = end;
    },
    nextWakeMs: () => {
      const first = next();
      return first && first.at - now;
    },
    stepWall: (ms) => {
      wall += ms;
    },
  };
}

/** Runs everything that is ready to run: several turns of the event loop. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
