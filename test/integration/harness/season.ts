/** All drills of a run, one after the other, on one environment. */
import type { Drill } from './drill.ts';
import { Heals } from './heals.ts';
import { type Inventory, takeInventory } from './inventory.ts';
import type { DrillObserver, DrillOutcome } from './outcome.ts';
import { playDrill, type Theatre } from './play.ts';
import { Watch } from './watch/watch.ts';

export interface SeasonOptions {
  readonly stack: string;
  readonly drills: (inventory: Inventory) => readonly Drill[];
  /** No drill begins after it. */
  readonly endsAtMs?: number;
  readonly observer: DrillObserver;
  readonly seed?: number;
}

export interface Season {
  readonly inventory: Inventory;
  readonly outcomes: readonly DrillOutcome[];
  readonly interrupted: boolean;
}

export async function playSeason(options: SeasonOptions): Promise<Season> {
  const inventory = await takeInventory(options.stack);
  const watch = await Watch.start(inventory);
  const heals = new Heals();
  const interrupt = onInterrupt(heals);
  const theatre = { inventory, watch, heals, observer: options.observer, signal: interrupt.signal };
  try {
    const outcomes = await playAll(options, theatre);
    return { inventory, outcomes, interrupted: interrupt.signal.aborted };
  } finally {
    interrupt.forget();
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

/** The first Ctrl-C ends the drill, which heals; the second ends at once, and says what that means. */
function onInterrupt(heals: Heals): { readonly signal: AbortSignal; forget(): void } {
  const abort = new AbortController();
  const handle = (): void => {
    if (abort.signal.aborted) {
      if (heals.some) console.error('Ended before everything was healed.');
      process.exit(130);
    }
    console.error('Interrupted: healing what is broken (Ctrl-C again: at once).');
    abort.abort(new Error('interrupted'));
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  for (const signal of signals) process.on(signal, handle);
  return {
    signal: abort.signal,
    forget: () => {
      for (const signal of signals) process.off(signal, handle);
    },
  };
}
