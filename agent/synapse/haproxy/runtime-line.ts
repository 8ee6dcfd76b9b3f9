/**
 * The connection to HAProxy's runtime socket that synapse holds: its end tells of a restart at once,
 * and an isolated change is made on it without dialling.
 */
import type { Clock } from '../../lib/clock.ts';
import { createExclusive } from '../../lib/exclusive.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import { type HeldConnection, holdConnection } from './held-connection.ts';

/** Commands reject at once with `AdminError` where no connection is held. */
export interface RuntimeLine extends AdminSocket {
  /** Makes a connection where none is held. */
  dial(): void;
  end(): void;
  /** Calls back whenever a connection is over on which HAProxy had answered. */
  onEnd(callback: () => void): void;
}

export interface RuntimeLineOptions {
  /** Changes with the configuration; `undefined`: there is none. */
  readonly path: () => string | undefined;
  readonly clock: Clock;
}

interface Held {
  readonly connection: HeldConnection;
  readonly path: string;
  hasAnswered: boolean;
}

const deadlineMs = 2_000;

export function createRuntimeLine({ path, clock }: RuntimeLineOptions): RuntimeLine {
  let held: Held | undefined;
  const exclusive = createExclusive();
  const callbacks: (() => void)[] = [];
  const end = (): void => {
    held?.connection.end();
    held = undefined;
  };
  const heldNow = (): Held | undefined => {
    if (held?.path !== path()) end();
    return held;
  };
  const hold = (to: string): Held => {
    const onEnd = (): void => {
      // That nobody answers is no news: who wants to know dials again in a while.
      if (one.hasAnswered) for (const callback of callbacks) callback();
    };
    const connection = holdConnection({ path: to, clock, deadlineMs, onEnd });
    const one: Held = { connection, path: to, hasAnswered: false };
    return one;
  };
  const ask = async (command: string): Promise<string> => {
    const one = heldNow();
    if (one === undefined) throw new AdminError('unreachable', 'no connection is held');
    try {
      const answer = await one.connection.ask(command.split('; '));
      one.hasAnswered = true;
      return answer;
    } catch (error) {
      if (held === one) end();
      throw error;
    }
  };
  return {
    ask: (command) => exclusive(() => ask(command)),
    dial: () => {
      const to = path();
      if (to !== undefined && heldNow() === undefined) held = hold(to);
    },
    end,
    onEnd: (callback) => {
      callbacks.push(callback);
    },
  };
}
