/** What is known of one service, and how each piece of news changes it: pure. */
import type { ServiceConfig } from '../config/synapse.ts';
import { type DepartedInstance, followDepartures, missingFrom } from './departures.ts';
import { emptyGuard, followAnswer, type GuardClock, type GuardState } from './guard/guard.ts';
import { type Hands, noHands } from './hands/hands.ts';
import type { Instance } from './instance.ts';
import { believesEmpty, passes, type Selection, selectInstances } from './select.ts';
import type { Found } from './watchers/watcher.ts';

export interface KnownService {
  readonly found: Found | undefined;
  /**
   * The last list with instances in it, less those that have left on purpose since; none once an
   * empty list was to be believed.
   */
  readonly previous: readonly Instance[];
  /** It is that of the state file. */
  readonly isFromFile: boolean;
  /** `previous` is that of a source which is not asked any more: nobody there is missed. */
  readonly isOfOther: boolean;
  /** Instances that left on purpose and are not back; whoever else is missing said nothing. */
  readonly departed: readonly DepartedInstance[];
  readonly guard: GuardState;
  readonly hands: Hands;
}

/** What outlives a restart. */
export interface Remembered {
  readonly previous: readonly Instance[];
  readonly held: GuardState['held'];
  readonly hands: Hands;
}

export const nothingRemembered: Remembered = { previous: [], held: [], hands: noHands };

export function fromMemory({ previous, held, hands }: Remembered): KnownService {
  const from = { isFromFile: true, isOfOther: false };
  const guard = { ...emptyGuard, held };
  return { found: undefined, previous, ...from, departed: [], guard, hands };
}

/** Until the first answer of another source, which the configuration names now. */
export function beforeOtherSource({ previous, hands }: KnownService): KnownService {
  return { ...fromMemory({ previous, hands, held: [] }), isFromFile: false, isOfOther: true };
}

/** After another answer of its source. */
export function afterAnswer(
  known: KnownService,
  config: ServiceConfig,
  found: Found,
  clock: GuardClock,
): KnownService {
  const { instances, departed } = found;
  const left = departed.map(({ instance }) => instance);
  const after = {
    ...known,
    found,
    isFromFile: false,
    departed: followDepartures(known.departed, departed, instances),
  };
  // Nothing of before is left to fall back on, to hold or to compare with.
  if (instances.length === 0 && believesEmpty(config)) {
    return { ...after, previous: [], guard: emptyGuard };
  }
  const isSwitched = found.switched === true;
  const before = isSwitched ? { ...known, guard: emptyGuard, isOfOther: true } : known;
  const guard = guardAfter(before, config, found, clock);
  if (instances.length > 0) return { ...after, previous: instances, isOfOther: false, guard };
  const previous = missingFrom(left, known.previous);
  return { ...after, previous, isOfOther: before.isOfOther, guard };
}

/** Those that are missing are asked about: who left on purpose. */
export function expectedOf({ previous, guard }: KnownService): readonly Instance[] {
  const held = guard.held.map(({ instance }) => instance);
  return [...previous, ...missingFrom(previous, held)];
}

export function selectionOf(config: ServiceConfig, known: KnownService): Selection {
  const { found, previous, guard, hands, isFromFile } = known;
  const beside = { held: guard.held, hands, isFromFile };
  return selectInstances(config, found?.instances, previous, beside);
}

/** The guard looks at the instances that this service is made of, whatever else the path holds. */
function guardAfter(
  { found: last, previous, guard, isOfOther }: KnownService,
  { guard: options, discovery }: ServiceConfig,
  { instances, departed }: Found,
  clock: GuardClock,
): GuardState {
  if (options === null) return emptyGuard;
  const own = (list: readonly Instance[]): readonly Instance[] =>
    list.filter((one) => passes(discovery, one));
  const left = departed.map(({ instance }) => instance);
  // What an empty list left behind is lost already, and not once more with each further one.
  const wasEmpty = last?.instances.length === 0 && instances.length === 0;
  const before = wasEmpty || isOfOther ? [] : own(previous);
  return followAnswer(guard, options, { before, now: own(instances), left: own(left) }, clock);
}
