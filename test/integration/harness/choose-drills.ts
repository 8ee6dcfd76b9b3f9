import { drills } from '../drills/all.ts';
import type { Drill } from './drill.ts';
import { picks, type RunOptions } from './options.ts';

export function chooseDrills(options: RunOptions): readonly Drill[] {
  return drills
    .filter(({ quick }) => quick || options.set === 'full')
    .filter(({ title, set }) => picks(options, `${set}: ${title}`));
}
