/** All drills of a run, one after the other, on one environment. */
import type { Drill } from './drill.ts';
import { Heals } from './heals.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import type { DrillOutcome } from './outcome.ts';
import { type Audience, playDrill, type Theatre } from './play.ts';
import { Watch } from './watch/watch.ts';

export interface SeasonOptions extends Audience {
  readonly stack: string;
  readonly drills: (inventory: Inventory) => readonly Drill[];
  /** No drill begins after it. */
  readonly endsAtMs?: number;
  readonly seed?: number;
}

export interface Season {
  readonly inventory: Inventory;
  readonly outcomes: readonly DrillOutcome[];
}

export async function playSeason(options: SeasonOptions): Promise<Season> {
  const inventory = await takeInventory(options.stack);
  const watch = await Watch.start(inventory);
  const { observer, signal } = options;
  try {
    const outcomes = await playAll(options, {
      ...{ inventory, watch, observer, signal },
      heals: new Heals(),
    });
    return { inventory, outcomes };
  } finally {
    await watch.stop();
    inventory.hosts.close();
  }
}

async function playAll(
  { drills: choose, observer, seed, endsAtMs = Number.POSITIVE_INFINITY }: SeasonOptions,
  theatre: Theatre,
): Promise<readonly DrillOutcome[]> {
  const drills = choose(theatre.inventory);
  const outcomes: DrillOutcome[] = [];
  for (const [index, drill] of drills.entries()) {
    if (theatre.signal.aborted || Date.now() > endsAtMs) break;
    const { title, set, about } = drill;
    observer.began({ title, set, index: index + 1, of: drills.length });
    const because = await drill.cannot?.(theatre.inventory);
    const outcome: DrillOutcome =
      because === undefined
        ? await playDrill(drill, theatre)
        : { title, set, about, result: 'skipped', because };
    const seeded = seed === undefined ? outcome : { ...outcome, seed };
    observer.ended(seeded);
    outcomes.push(seeded);
  }
  return outcomes;
}
