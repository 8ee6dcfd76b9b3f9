/** Which instances are missing, and which of them left on purpose: pure. */
import type { DepartureReason } from '../departure.ts';
import type { Instance } from './instance.ts';

/** An instance that said that it leaves. */
export interface DepartedInstance {
  readonly instance: Instance;
  /** `undefined` where it said none that is known here. */
  readonly reason: DepartureReason | undefined;
}

/** Enough to judge a whole deploy by; the registry's own list is cleared after a day. */
const remembered = 1_000;

/** Those of `expected` that are not there in any form: a changed registration is a new node. */
export function missingFrom(
  present: readonly Instance[],
  expected: readonly Instance[],
): readonly Instance[] {
  if (expected.length === 0) return [];
  const keys = new Set(present.map(keyOf));
  return expected.filter((one) => !keys.has(keyOf(one)));
}

/** What is known of departures after another answer of the registry; the latest come last. */
export function followDepartures(
  before: readonly DepartedInstance[],
  now: readonly DepartedInstance[],
  present: readonly Instance[],
): readonly DepartedInstance[] {
  if (before.length === 0) return now.slice(-remembered);
  const back = [...present, ...now.map(({ instance }) => instance)];
  return [...stillGone(before, back), ...now].slice(-remembered);
}

/** Without those that are there all the same: known by another watcher, or back since. */
export function stillGone(
  departed: readonly DepartedInstance[],
  present: readonly Instance[],
): readonly DepartedInstance[] {
  const keys = new Set(present.map(keyOf));
  return departed.filter(({ instance }) => !keys.has(keyOf(instance)));
}

function keyOf({ name, host, port }: Instance): string {
  return JSON.stringify([name, host, port]);
}
