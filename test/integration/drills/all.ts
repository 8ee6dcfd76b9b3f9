/** All drills, in the order in which they are played. */
import type { Drill } from '../harness/drill.ts';
import { leaderKilled } from './production/ensemble.ts';
import { instancesKilled } from './production/instance-killed.ts';

export const drills: readonly Drill[] = [...instancesKilled, leaderKilled];
