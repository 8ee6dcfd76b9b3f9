/**
 * The fleet guard: instances that vanish at once and without a word stay for a while. Pure.
 *
 *   each answer of the registry ─► who vanished, who said so, who came ─► losses of the last 20 s
 *                                                                            │
 *   held ◄── more than `share` of those who were there before the first ◄────┘
 *
 * Sessions that one network split ends do not end together: each within a third of its time-out
 * and a tick of ZooKeeper, 13 s for the originals' 32 s. Hence a window.
 *
 * Whoever came instead makes up for one who vanished: a fleet that was replaced lost nothing.
 */
import type { GuardConfig } from '../../config/synapse-guard.ts';
import type { Instance } from '../instance.ts';

export interface Held {
  readonly instance: Instance;
  /** Wall-clock milliseconds: they mean the same after a restart. */
  readonly sinceMs: number;
  readonly untilMs: number;
}

/** One answer of the registry that had somebody missing or new. */
interface Turn {
  readonly atMs: number;
  /** Instances before it. */
  readonly before: number;
  readonly vanished: readonly Instance[];
  /** Of those before it, who left on purpose. */
  readonly left: number;
  readonly arrived: number;
}

export interface GuardState {
  /** Of the window; times are monotonic. */
  readonly turns: readonly Turn[];
  readonly held: readonly Held[];
  /** Places of those who vanished within the window and are not to be held again. */
  readonly letGo: ReadonlySet<string>;
}

/** Why a hold ends. */
export type Release =
  /** It is registered again. */
  | 'returned'
  /** It said that it leaves, after all. */
  | 'announced'
  /** HAProxy's check failed. */
  | 'failing'
  /** HAProxy does not check it, so that nobody could tell when it dies. */
  | 'unchecked'
  /** The time has passed. */
  | 'expired'
  /** The guard was switched off, an empty list was to be believed, or an operator decided. */
  | 'ended';

export interface Answer {
  readonly before: readonly Instance[];
  readonly now: readonly Instance[];
  /** Of those who are missing, who said that he leaves. */
  readonly left: readonly Instance[];
}

export interface GuardClock {
  readonly nowMs: number;
  readonly wallMs: number;
}

const windowMs = 20_000;

export const emptyGuard: GuardState = { turns: [], held: [], letGo: new Set() };

/** Two registrations of one place are of one instance, whatever their names. */
export function placeOf({ host, port }: Instance): string {
  return `${host}:${port}`;
}

/** After another answer of the registry. */
export function followAnswer(
  state: GuardState,
  { share, hold_seconds }: GuardConfig,
  answer: Answer,
  { nowMs, wallMs }: GuardClock,
): GuardState {
  // Nobody was there who could be missed.
  if (answer.before.length + state.turns.length + state.held.length === 0) return emptyGuard;
  const present = new Set(answer.now.map(placeOf));
  const gone = new Set(answer.left.map(placeOf));
  const isMissing = (one: Instance): boolean =>
    !present.has(placeOf(one)) && !gone.has(placeOf(one));
  const recent = state.turns.filter(({ atMs }) => nowMs - atMs < windowMs);
  const turns = [...recent, ...turnOf(answer, isMissing, nowMs)].map((turn) => ({
    ...turn,
    // Who came back, or said after all that he leaves, is no loss.
    vanished: turn.vanished.filter(isMissing),
  }));
  const lost = new Map(turns.flatMap(({ vanished }) => vanished).map((one) => [placeOf(one), one]));
  const recently = new Set(recent.flatMap(({ vanished }) => vanished.map(placeOf)));
  const letGo = new Set(
    [...lost.keys()].filter((place) => recently.has(place) && state.letGo.has(place)),
  );
  const kept = state.held.filter(({ instance }) => isMissing(instance));
  const known = new Set(kept.map(({ instance }) => placeOf(instance)));
  const untilMs = wallMs + hold_seconds * 1_000;
  const added = isTooMany(turns, present.size, share)
    ? [...lost].filter(([place]) => !known.has(place) && !letGo.has(place))
    : [];
  const held = [...kept, ...added.map(([, instance]) => ({ instance, sinceMs: wallMs, untilMs }))];
  return { turns, held, letGo };
}

/** Ends holds; these instances are not held again while they are missing for the same reason. */
export function letGo(state: GuardState, places: ReadonlySet<string>): GuardState {
  const ends = ({ instance }: Held): boolean => places.has(placeOf(instance));
  if (!state.held.some(ends)) return state;
  const ended = state.held.filter(ends).map(({ instance }) => placeOf(instance));
  return {
    ...state,
    held: state.held.filter((one) => !ends(one)),
    letGo: new Set([...state.letGo, ...ended]),
  };
}

/** The places whose time has passed. */
export function expiredPlaces({ held }: GuardState, wallMs: number): ReadonlySet<string> {
  const over = held.filter(({ untilMs }) => untilMs <= wallMs);
  return new Set(over.map(({ instance }) => placeOf(instance)));
}

function turnOf(
  { before, now, left }: Answer,
  isMissing: (one: Instance) => boolean,
  atMs: number,
): readonly Turn[] {
  const there = new Set(before.map(placeOf));
  const vanished = before.filter(isMissing);
  const arrived = now.filter((one) => !there.has(placeOf(one))).length;
  const leaving = left.filter((one) => there.has(placeOf(one))).length;
  if (vanished.length + arrived + leaving === 0) return [];
  return [{ atMs, vanished, before: there.size, left: leaving, arrived }];
}

function isTooMany(turns: readonly Turn[], now: number, share: number): boolean {
  const first = turns.findIndex(({ vanished }) => vanished.length > 0);
  if (first < 0) return false;
  const since = turns.slice(first);
  const sum = (count: (turn: Turn) => number): number =>
    since.reduce((total, turn) => total + count(turn), 0);
  // Those who leave are expected to, unless others came for them.
  const leaving = Math.max(0, sum(({ left }) => left) - sum(({ arrived }) => arrived));
  const expected = (since[0]?.before ?? 0) - leaving;
  return expected - now > share * expected;
}
