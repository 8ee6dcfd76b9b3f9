import { setTimeout as delay } from 'node:timers/promises';
import type { Broken, Drill, Stage } from '../../harness/drill.ts';
import type { Inventory } from '../../harness/inventory.ts';
import { faultsByName } from './faults-by-name.ts';
import { type Act, type Cast, type Scheduled, schedule } from './schedule.ts';

/** One act, so that each has traffic, a judgement and a picture of its own. */
export function randomDrills(seed: number, acts: number, cast: Cast): readonly Drill[] {
  return schedule(seed, acts, cast, [...faultsByName.values()]).map((act, index) => ({
    title: `act ${index + 1} of seed ${seed}`,
    set: 'random',
    about: act.map(describe).join('; '),
    quick: false,
    play: (stage) => playAct(stage, act),
  }));
}

export function castOf({ outputs, serviceHosts, members }: Inventory): Cast {
  const services = Object.values(outputs.services);
  const sparable = serviceHosts.filter((host) =>
    services.every(({ on }) => !(on.length === 1 && on[0] === host)),
  );
  return { sparable, serviceHosts, members };
}

interface Move {
  readonly atMs: number;
  readonly make: () => Promise<void>;
}

async function playAct(stage: Stage, act: Act): Promise<void> {
  const startedAtMs = Date.now();
  for (const { atMs, make } of movesOf(stage, act)) {
    const waitMs = Math.max(0, startedAtMs + atMs - Date.now());
    await delay(waitMs, undefined, { signal: stage.signal });
    await make();
  }
}

/** By time; each fault is made and healed once. */
function movesOf(stage: Stage, act: Act): readonly Move[] {
  const moves = act.flatMap((one): readonly Move[] => {
    let broken: Broken | undefined;
    return [
      {
        atMs: one.fromMs,
        make: async () => {
          broken = await stage.break(faultOf(stage.inventory, one));
        },
      },
      {
        atMs: one.fromMs + one.forMs,
        make: async () => {
          await broken?.heal();
        },
      },
    ];
  });
  return moves.toSorted((a, b) => a.atMs - b.atMs);
}

function faultOf(inventory: Inventory, { fault, host }: Scheduled) {
  const found = faultsByName.get(fault);
  if (found === undefined) throw new Error(`no fault is called "${fault}"`);
  return found.make(host, inventory);
}

function describe({ fault, host, fromMs, forMs }: Scheduled): string {
  const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
  return `${fault} on ${host} after ${seconds(fromMs)} for ${seconds(forMs)}`;
}
