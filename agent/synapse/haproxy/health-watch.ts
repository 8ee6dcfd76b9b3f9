/**
 * Notices that HAProxy's checks changed their mind, where that changes what synapse wants: in
 * backends that drain, that prefer a zone, or of which the guard holds some.
 */
import { type Clock, nextBeat } from '../../lib/clock.ts';
import { AdminError, type AdminSocket } from './admin.ts';
import { type ActualServer, AnswerError, parseServersState } from './answers.ts';

export interface HealthWatchOptions {
  readonly clock: Clock;
  /** Changes with the configuration; `undefined`: there is nobody to ask. */
  readonly admin: () => AdminSocket | undefined;
  readonly backends: () => WatchedBackends;
  readonly onChange: (backends: ReadonlySet<string>) => void;
}

export interface WatchedBackends {
  /** Where requests fail until synapse has seen it: all that do not drain may be down. */
  readonly urgent: readonly string[];
  /** Where HAProxy has done what matters most by itself. */
  readonly calm: readonly string[];
}

const urgentMs = 200;
const calmMs = 1_000;
/** More of them are asked for all at once. */
const singleQuestions = 4;

/** Until aborted. */
export async function watchHealth(options: HealthWatchOptions, signal: AbortSignal): Promise<void> {
  const { clock, admin, backends, onChange } = options;
  let known: ReadonlyMap<string, string> = new Map();
  let calmAtMs = clock.now();
  while (!signal.aborted) {
    const { urgent, calm } = backends();
    const beatMs = urgent.length > 0 ? urgentMs : calmMs;
    await nextBeat(clock, beatMs, signal).catch(() => undefined);
    const socket = admin();
    if (socket === undefined || signal.aborted) continue;
    // A beat may come a moment early.
    const isCalmTurn = clock.now() - calmAtMs >= calmMs - urgentMs / 2;
    if (isCalmTurn) calmAtMs = clock.now();
    const seen = await look(socket, isCalmTurn ? [...urgent, ...calm] : urgent);
    // What is new to the watch may have changed since synapse looked there last.
    const changed = [...seen.keys()].filter((one) => known.get(one) !== seen.get(one));
    known = isCalmTurn ? seen : new Map([...known, ...seen]);
    if (changed.length > 0) onChange(new Set(changed));
  }
}

/** Backend → its servers' health, as text to compare. */
async function look(
  admin: AdminSocket,
  backends: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const questions =
    backends.length > singleQuestions
      ? ['show servers state']
      : backends.map((backend) => `show servers state ${backend}`);
  const wanted = new Set(backends);
  const seen = new Map<string, string>();
  try {
    for (const question of questions) {
      for (const server of parseServersState(await admin.ask(question))) {
        const { backend } = server;
        if (!wanted.has(backend)) continue;
        seen.set(backend, `${seen.get(backend) ?? ''} ${formatHealth(server)}`);
      }
    }
  } catch (error) {
    // It is restarted, or has no such backend yet: the reconciler's business.
    if (!(error instanceof AdminError || error instanceof AnswerError)) throw error;
  }
  return seen;
}

function formatHealth({ name, admin, up, check }: ActualServer): string {
  return `${name}=${admin},${up},${check === 'failing'}`;
}
