/** The drills of a run, from the services they need to their report. */
import { join } from 'node:path';
import { version } from '../../../agent/lib/version.ts';
import { type Counts, sum } from '../../support/runner/counts.ts';
import { terminalProgress } from '../report/progress.ts';
import { wrongsOf } from '../report/terminal/drill-lines.ts';
import { writeReport } from '../report/write.ts';
import { drillCatalog } from '../support/catalog-file.ts';
import { bringUp, root } from '../support/stack.ts';
import { type Chosen, drawDrills } from './choose-drills.ts';
import type { Drill } from './drill.ts';
import { playOnOneMember } from './one-member.ts';
import type { RunOptions } from './options.ts';
import type { DrillOutcome, RunOutcome } from './outcome.ts';
import type { Audience } from './play.ts';
import { playSeason, type Season } from './season.ts';

interface Circumstances {
  /** Afterwards the stack is as its own catalog has it. */
  readonly restore: boolean;
  readonly signal: AbortSignal;
}

export async function drillAll(
  options: RunOptions,
  { drills, firstSteps }: Chosen,
  { restore, signal }: Circumstances,
): Promise<Counts> {
  const { stack, random } = options;
  if (drills.length + firstSteps.length === 0 && !random) return sum([]);
  const observer = terminalProgress((text) => void process.stdout.write(text));
  const audience = { observer, signal };
  const startedAtMs = Date.now();
  await up(stack, drillCatalog);
  try {
    const season = random
      ? await playRandom(options, audience)
      : await playSeason({ ...audience, stack, drills: () => drills });
    const more = signal.aborted ? [] : await playFirstSteps(season, firstSteps, audience);
    const whole = { ...season, outcomes: [...more, ...season.outcomes] };
    await report(options, startedAtMs, whole);
    return countsOf(whole);
  } finally {
    if (restore) await up(stack, undefined);
  }
}

function playRandom(options: RunOptions, audience: Audience): Promise<Season> {
  const { stack, seed, minutes } = options;
  console.log(`The same again: --random --seed ${seed} --minutes ${minutes}`);
  return playSeason({
    ...audience,
    ...{ stack, seed },
    drills: (inventory) => drawDrills(options, inventory),
    endsAtMs: Date.now() + minutes * 60_000,
  });
}

/** On boxes of this machine alone: hosts that exist are not ours to give another ensemble. */
async function playFirstSteps(
  { inventory }: Season,
  drills: readonly Drill[],
  audience: Audience,
): Promise<readonly DrillOutcome[]> {
  if (drills.length === 0) return [];
  if (inventory.outputs.target === 'vagrant') return playOnOneMember(drills, audience);
  const because = 'it takes a stack of its own, which only boxes of this machine can be';
  return drills.map(({ title, set, about }) => ({
    ...{ title, set, about, result: 'skipped', because },
  }));
}

async function up(stack: string, name: string | undefined): Promise<void> {
  console.log(name === undefined ? "Back to the stack's own catalog" : 'Bringing what drills need');
  await bringUp(stack, name);
}

async function report(
  options: RunOptions,
  startedAtMs: number,
  { inventory, outcomes }: Season,
): Promise<void> {
  const { outputs, stack } = inventory;
  const run: RunOutcome = {
    stack,
    target: outputs.target,
    set: options.random ? `random, seed ${options.seed}` : options.set,
    version,
    startedAtMs,
    endedAtMs: Date.now(),
    hosts: Object.entries(outputs.hosts).map(([name, { roles }]) => ({ name, roles })),
    drills: outcomes,
  };
  const folder = options.report ?? join(root, '.smartstack', stack, 'report');
  const { html } = await writeReport(folder, run);
  console.log(`Report: ${html}`);
}

function countsOf({ outcomes }: Season): Counts {
  const count = (result: string): number =>
    outcomes.filter((outcome) => outcome.result === result).length;
  const failures = outcomes.flatMap((outcome) =>
    outcome.result === 'failed' ? [`${outcome.title}: ${wrongsOf(outcome).join('; ')}`] : [],
  );
  return { passed: count('passed'), failures, skipped: count('skipped') };
}
