/**
 * What operators decided about single instances. Plain data, kept in the state file: an end is a
 * wall-clock time in milliseconds, so that it means the same after a restart.
 */
import type { Instance } from '../instance.ts';

interface Decision {
  readonly reason: string;
  /** Who decided. */
  readonly by: string;
  readonly sinceMs: number;
  /** For ever without it. */
  readonly untilMs?: number;
}

/** The instance stays, whatever the registry says; as it was when it was pinned. */
export interface Pin extends Decision {
  readonly instance: Instance;
}

/** `drain`: no new request unless nobody else is up; `maintenance`: none at all. */
export type TakeOutMode = 'drain' | 'maintenance';

export interface TakenOut extends Decision {
  readonly mode: TakeOutMode;
}

/** Of one service, by server name. */
export interface Hands {
  readonly pinned: ReadonlyMap<string, Pin>;
  readonly out: ReadonlyMap<string, TakenOut>;
}

export const noHands: Hands = { pinned: new Map(), out: new Map() };

export function isOver({ untilMs }: Decision, nowMs: number): boolean {
  return untilMs !== undefined && untilMs <= nowMs;
}

/** Without what is over; the very same object when nothing is. */
export function stillValid(hands: Hands, nowMs: number): Hands {
  const { pinned, out } = hands;
  if (![...pinned.values(), ...out.values()].some((one) => isOver(one, nowMs))) return hands;
  return { pinned: current(pinned, nowMs), out: current(out, nowMs) };
}

export function isIdle({ pinned, out }: Hands): boolean {
  return pinned.size === 0 && out.size === 0;
}

/** `undefined` ends it. */
export function withPin(hands: Hands, server: string, pin: Pin | undefined): Hands {
  return { ...hands, pinned: changed(hands.pinned, server, pin) };
}

/** `undefined` ends it. */
export function withTakenOut(hands: Hands, server: string, out: TakenOut | undefined): Hands {
  return { ...hands, out: changed(hands.out, server, out) };
}

function current<D extends Decision>(
  decisions: ReadonlyMap<string, D>,
  nowMs: number,
): ReadonlyMap<string, D> {
  return new Map([...decisions].filter(([, one]) => !isOver(one, nowMs)));
}

function changed<D>(
  decisions: ReadonlyMap<string, D>,
  server: string,
  decision: D | undefined,
): ReadonlyMap<string, D> {
  const others = [...decisions].filter(([name]) => name !== server);
  return new Map(decision === undefined ? others : [...others, [server, decision]]);
}
