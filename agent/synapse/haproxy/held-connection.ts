/**
 * One connection to HAProxy's runtime socket that stays: its end tells at once that the process is
 * gone, and a question on it costs a fraction of one that dials first. HAProxy ends it after
 * `stats timeout` without a question (10 s unless configured), and a worker that a reload has
 * replaced lives on for as long as it is held. Source: management guide, section 9.3.
 */
import { connect } from 'node:net';
import type { Clock } from '../../lib/clock.ts';
import { AdminError, requireOneLine } from './admin.ts';

export interface HeldConnection {
  /**
   * Their answers, an empty line behind each. To be called once the call before has ended. Rejects
   * with `AdminError`, and is over then.
   */
  ask(commands: readonly string[]): Promise<string>;
  end(): void;
}

export interface HeldConnectionOptions {
  readonly path: string;
  readonly clock: Clock;
  readonly deadlineMs: number;
  /** It is over, whoever ended it. */
  readonly onEnd: () => void;
}

/** HAProxy's word for "the answer is complete", where others end with an empty line. */
const prompt = '\n> ';

/** Dials behind the scenes. */
export function holdConnection(options: HeldConnectionOptions): HeldConnection {
  const { path, clock, deadlineMs, onEnd } = options;
  const socket = connect(path);
  let text = '';
  let asking: PromiseWithResolvers<string> | undefined;
  let awaited = 0;
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
    if (!text.endsWith(prompt)) return;
    const answers = text.split(prompt);
    if (answers.length > awaited) asking?.resolve(answers.join('\n'));
  });
  socket.on('error', (cause) => {
    asking?.reject(new AdminError('cut', `${path}: ${cause.message}`, { cause }));
  });
  socket.on('close', () => {
    asking?.reject(new AdminError('cut', `${path}: closed`));
    onEnd();
  });
  const ask = async (commands: readonly string[]): Promise<string> => {
    commands.forEach(requireOneLine);
    if (socket.destroyed) throw new AdminError('unreachable', `${path}: closed`);
    text = '';
    awaited = commands.length;
    asking = Promise.withResolvers<string>();
    const cancel = clock.after(deadlineMs, () => {
      asking?.reject(new AdminError('deadline', `${path}: no answer within ${deadlineMs} ms`));
      socket.destroy();
    });
    // Each on a line of its own: not every HAProxy marks the ends of those that share one.
    socket.write(commands.map((command) => `${command}\n`).join(''));
    try {
      return await asking.promise;
    } finally {
      cancel();
      asking = undefined;
    }
  };
  // Without it HAProxy closes after the first answer.
  const interactive = ask(['prompt']);
  interactive.catch(() => undefined);
  return {
    ask: async (commands) => {
      await interactive;
      return await ask(commands);
    },
    end: () => socket.destroy(),
  };
}
