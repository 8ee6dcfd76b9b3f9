import { drills } from '../drills/all.ts';
import { castOf, randomDrills } from '../drills/random/drill.ts';
import { oneMemberDrills } from '../drills/tutorial/one-member.ts';
import type { Drill } from './drill.ts';
import type { Inventory } from './inventory.ts';
import { picks, type RunOptions } from './options.ts';

export interface Chosen {
  readonly drills: readonly Drill[];
  /** Played on a stack of their own. */
  readonly firstSteps: readonly Drill[];
}

export function chooseDrills(options: RunOptions): Chosen {
  const choose = (all: readonly Drill[]): readonly Drill[] =>
    all
      .filter(({ quick }) => quick || options.set === 'full')
      .filter(({ title, set }) => picks(options, `${set}: ${title}`));
  if (options.random) return { drills: [], firstSteps: [] };
  return { drills: choose(drills), firstSteps: choose(oneMemberDrills) };
}

/** An act takes longer than this, whatever is drawn. */
const leastSeconds = 5;

/** More than there is time for. */
export function drawDrills(options: RunOptions, inventory: Inventory): readonly Drill[] {
  const acts = Math.ceil((options.minutes * 60) / leastSeconds);
  return randomDrills(options.seed, acts, castOf(inventory)).filter(({ title }) =>
    picks(options, `random: ${title}`),
  );
}
