import type { Clock } from '../../lib/clock.ts';
import type { Address, Dial, SilentConnection } from '../../lib/silent-connection.ts';

export interface CrashWatchOptions {
  readonly address: Address;
  readonly dial: Dial;
  readonly clock: Pick<Clock, 'now'>;
  /** The connection ended, or was refused: the service may have crashed. */
  readonly onEnd: () => void;
  /** The server does not keep idle connections: told once, the watch is of little use. */
  readonly onUnkept?: () => void;
}

export interface CrashWatch {
  /** To be told after every round of checks. */
  observe(round: { readonly up: boolean; readonly passing: boolean }): void;
  stop(): void;
}

/** A connection that lives shorter tells of the server's habits rather than of a crash. */
const shortMs = 5_000;
const shortLivesAllowed = 3;
const pauseMs = 30_000;

/**
 * Holds one idle connection to a service that is up. When it ends, the checks are told to look, and
 * it is made anew once they pass; after a pause if they keep passing while it keeps ending.
 */
export function createCrashWatch(options: CrashWatchOptions): CrashWatch {
  const { address, dial, clock, onEnd } = options;
  const habit = createHabit(options);
  let held: SilentConnection | undefined;
  const release = (): void => {
    const connection = held;
    held = undefined;
    connection?.close();
  };
  const hold = (): void => {
    if (held !== undefined || habit.pausing) return;
    const openedMs = clock.now();
    const connection = dial(address);
    held = connection;
    void connection.closed.then(() => {
      if (held !== connection) return;
      held = undefined;
      habit.ended(clock.now() - openedMs);
      onEnd();
    });
  };
  return {
    observe: ({ up, passing }) => {
      if (!passing) habit.forget();
      if (!up) release();
      else if (passing) hold();
    },
    stop: release,
  };
}

interface Habit {
  readonly pausing: boolean;
  ended(livedMs: number): void;
  /** The checks fail: what ended had its reason. */
  forget(): void;
}

/** Whether the server closes idle connections soon, as some do. */
function createHabit({ clock, onUnkept }: CrashWatchOptions): Habit {
  let shortLives = 0;
  let pauseEndMs = Number.NEGATIVE_INFINITY;
  let told = false;
  return {
    get pausing() {
      return clock.now() < pauseEndMs;
    },
    ended: (livedMs) => {
      shortLives = livedMs < shortMs ? shortLives + 1 : 0;
      if (shortLives < shortLivesAllowed) return;
      pauseEndMs = clock.now() + pauseMs;
      if (!told) onUnkept?.();
      told = true;
    },
    forget: () => {
      shortLives = 0;
    },
  };
}
