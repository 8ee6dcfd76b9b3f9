/**
 * Notices that the states of servers that are on disk for a restart are no longer those that HAProxy
 * has, whoever changed them: its own checks, mostly, of which synapse hears nothing.
 */
import { type Clock, nextBeat } from '../../lib/clock.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import { type ActualServer, AnswerError, parseServersState } from './answers.ts';

export interface StatesWatchOptions {
  /** To the same process as `admin`, where it is held: a fraction of the work. */
  readonly line: AdminSocket;
  /** Changes with the configuration; `undefined`: nothing is saved, or there is nobody to ask. */
  readonly admin: () => AdminSocket | undefined;
  readonly clock: Clock;
  readonly areSaved: (servers: readonly ActualServer[]) => boolean;
  readonly onChange: () => void;
}

/** Every second would take an idle synapse past a five hundredth of a core. */
const beatMs = 2_000;
/** Ten thousand servers are asked for every ten seconds. */
const beatPerServerMs = 1;
/** What more of them say would be in the way of changes that are made on the line. */
const fewServers = 1_000;

/** Until aborted. */
export async function watchStates(
  { line, admin, clock, areSaved, onChange }: StatesWatchOptions,
  signal: AbortSignal,
): Promise<void> {
  let known: readonly string[] = [];
  while (!signal.aborted) {
    const waitMs = Math.max(beatMs, known.length * beatPerServerMs);
    await nextBeat(clock, waitMs, signal).catch(() => undefined);
    const socket = admin();
    if (socket === undefined || signal.aborted) continue;
    try {
      const answer = await (known.length > fewServers ? ask(socket) : askFirst(line, socket));
      const seen = outline(answer);
      const isNews = seen.length !== known.length || seen.some((row, at) => row !== known[at]);
      if (isNews && !areSaved(parseServersState(answer))) onChange();
      known = seen;
    } catch (error) {
      // It is restarted, or about to leave: whoever takes its place is met with a look at all.
      if (!(error instanceof AdminError || error instanceof AnswerError)) throw error;
    }
  }
}

const ask = (admin: AdminSocket): Promise<string> => admin.ask('show servers state');

const askFirst = (line: AdminSocket, admin: AdminSocket): Promise<string> =>
  ask(line).catch(() => ask(admin));

/** `be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight`. */
const outlined = 8;

/** Its rows, without what changes all the time: far cheaper than to take them apart. */
function outline(answer: string): readonly string[] {
  return answer.split('\n').map((row) => {
    let end = 0;
    for (let column = 0; column < outlined; column += 1) end = row.indexOf(' ', end) + 1;
    return row.slice(0, end);
  });
}
