/**
 * Which faults, where and when: pure, so that a seed tells all of it.
 *
 * A run is a row of acts. The faults of an act overlap; after it all is healed and has to be whole
 * again. In an act, what may take an instance away happens to one host: another is always reachable.
 */
import { Dice } from '../../../support/dice.ts';

export interface Cast {
  /** Hosts whose every service has an instance elsewhere. */
  readonly sparable: readonly string[];
  readonly serviceHosts: readonly string[];
  readonly members: readonly string[];
}

export interface Scheduled {
  /** Names one of `faultsByName`. */
  readonly fault: string;
  readonly host: string;
  /** After the act's start. */
  readonly fromMs: number;
  readonly forMs: number;
}

export type Act = readonly Scheduled[];

/** Who is hit: the act's own host, any service host, a member, or all members. */
export type Victim = 'act-host' | 'service-host' | 'member' | 'members';

export interface Choice {
  readonly fault: string;
  readonly victim: Victim;
  /** Two of the same kind on the same host would heal each other. */
  readonly unit: string;
}

const startsWithinMs = 8_000;
const lasts = { fromMs: 2_000, toMs: 18_000 };
const faultsInAct = { from: 2, to: 4 };

/** More acts than can be played: the time that they take decides where it ends. */
export function schedule(
  seed: number,
  acts: number,
  cast: Cast,
  choices: readonly Choice[],
): readonly Act[] {
  const dice = new Dice(seed);
  return Array.from({ length: acts }, () => act(dice, cast, choices));
}

function act(dice: Dice, cast: Cast, choices: readonly Choice[]): Act {
  const own = dice.pick(cast.sparable);
  const count = dice.between(faultsInAct.from, faultsInAct.to);
  const taken = new Set<string>();
  const list: Scheduled[] = [];
  for (let index = 0; index < count; index += 1) {
    const { fault, victim, unit } = dice.pick(choices);
    const host = hostOf(dice, cast, own, victim);
    const fromMs = dice.between(0, startsWithinMs);
    const forMs = dice.between(lasts.fromMs, lasts.toMs);
    const keys = victim === 'members' ? cast.members : [host];
    if (keys.some((key) => taken.has(`${key}/${unit}`))) continue;
    for (const key of keys) taken.add(`${key}/${unit}`);
    list.push({ fault, host, fromMs, forMs });
  }
  return list.sort((a, b) => a.fromMs - b.fromMs);
}

function hostOf(dice: Dice, cast: Cast, own: string, victim: Victim): string {
  switch (victim) {
    case 'act-host':
      return own;
    case 'service-host':
      return dice.pick(cast.serviceHosts);
    case 'member':
      return dice.pick(cast.members);
    case 'members':
      return 'all';
  }
}
