/**
 * A connection to HAProxy's master on which nothing is said: it ends with every reload, as the master
 * executes itself anew. Source: `mworker_reexec` in `src/mworker.c`; `-S` in the management guide.
 */
import { connect, type Socket } from 'node:net';
import type { Clock } from '../../lib/clock.ts';

export interface MasterWatch {
  /** Whether one that begins now would be noticed; dials where nothing is held. */
  tellsOfReloads(): boolean;
  end(): void;
}

export interface MasterWatchOptions {
  /** Changes with the configuration; `undefined`: there is none. */
  readonly path: () => string | undefined;
  readonly clock: Clock;
  /** A connection ended that was there. */
  readonly onEnd: () => void;
}

/** The connection is there at once, the new worker once it has read its file. */
const reloadMs = 10_000;

export function watchMaster({ path, clock, onEnd }: MasterWatchOptions): MasterWatch {
  let held: { readonly socket: Socket; readonly path: string } | undefined;
  let sinceMs = Number.POSITIVE_INFINITY;
  const end = (): void => {
    const { socket } = held ?? {};
    held = undefined;
    sinceMs = Number.POSITIVE_INFINITY;
    socket?.destroy();
  };
  const dial = (to: string): void => {
    const socket = connect(to);
    held = { socket, path: to };
    const isHeld = (): boolean => held?.socket === socket;
    socket.on('connect', () => {
      if (isHeld()) sinceMs = clock.now();
    });
    // Nothing is asked; what it may say must not keep its end from being seen.
    socket.resume();
    socket.on('error', () => undefined);
    socket.on('close', () => {
      if (!isHeld()) return;
      const wasThere = Number.isFinite(sinceMs);
      end();
      if (wasThere) onEnd();
    });
  };
  return {
    tellsOfReloads: () => {
      const wanted = path();
      if (held?.path !== wanted) end();
      if (wanted === undefined) return false;
      if (held === undefined) dial(wanted);
      return clock.now() - sinceMs >= reloadMs;
    },
    end,
  };
}
