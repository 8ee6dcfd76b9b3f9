/**
 * The connection to HAProxy's runtime socket that synapse holds: its end tells of a restart at once,
 * and an isolated change is made on it without dialling.
 */
import type { Clock } from '../../lib/clock.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import { type HeldConnection, holdConnection } from './held-connection.ts';

/** Commands reject at once with `AdminError` where no connection is held. */
export interface RuntimeLine extends AdminSocket {
  /** Makes a connection where none is held. */
  dial(): void;
  end(): void;
  /** Calls back whenever what was held is over. */
  onEnd(callback: () => void): void;
}

export interface RuntimeLineOptions {
  /** Changes with the configuration; `undefined`: there is none. */
  readonly path: () => string | undefined;
  readonly clock: Clock;
}

const deadlineMs = 2_000;

export function createRuntimeLine({ path, clock }: RuntimeLineOptions): RuntimeLine {
  let held: { readonly connection: HeldConnection; readonly path: string } | undefined;
  let before: Promise<unknown> = Promise.resolve();
  const callbacks: (() => void)[] = [];
  const onEnd = (): void => {
    for (const callback of callbacks) callback();
  };
  const end = (): void => {
    held?.connection.end();
    held = undefined;
  };
  const connectionNow = (): HeldConnection | undefined => {
    if (held?.path !== path()) end();
    return held?.connection;
  };
  const ask = async (command: string): Promise<string> => {
    const connection = connectionNow();
    if (connection === undefined) throw new AdminError('unreachable', 'no connection is held');
    try {
      return await connection.ask(command.split('; '));
    } catch (error) {
      if (held?.connection === connection) end();
      throw error;
    }
  };
  return {
    ask: (command) => {
      const answer = before.then(() => ask(command));
      before = answer.catch(() => undefined);
      return answer;
    },
    dial: () => {
      const to = path();
      if (to === undefined || connectionNow() !== undefined) return;
      held = { path: to, connection: holdConnection({ path: to, clock, deadlineMs, onEnd }) };
    },
    end,
    onEnd: (callback) => {
      callbacks.push(callback);
    },
  };
}
