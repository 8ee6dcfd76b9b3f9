/** The drills of a run, from the services they need to their report. */
import { join } from 'node:path';
import { version } from '../../../agent/lib/version.ts';
import { terminalProgress } from '../report/progress.ts';
import { writeReport } from '../report/write.ts';
import { npmRun, root } from '../support/stack.ts';
import { drawDrills } from './choose-drills.ts';
import type { Counts } from './counts.ts';
import type { Drill } from './drill.ts';
import type { RunOptions } from './options.ts';
import type { RunOutcome } from './outcome.ts';
import { playSeason, type Season } from './season.ts';

const catalog = 'test/integration/drills/catalog/catalog.ts';

/** `restore`: afterwards the stack is as its own catalog has it. */
export async function drillAll(
  options: RunOptions,
  drills: readonly Drill[],
  { restore }: { readonly restore: boolean },
): Promise<Counts> {
  const { stack, random, seed, minutes } = options;
  if (drills.length === 0 && !random) return { passed: 0, failed: 0, skipped: 0 };
  await up(stack, catalog);
  const startedAtMs = Date.now();
  try {
    const observer = terminalProgress((text) => void process.stdout.write(text));
    if (random) console.log(`The same again: --random --seed ${seed} --minutes ${minutes}`);
    const season = random
      ? await playSeason({
          ...{ stack, observer, seed },
          drills: (inventory) => drawDrills(options, inventory),
          endsAtMs: startedAtMs + minutes * 60_000,
        })
      : await playSeason({ stack, observer, drills: () => drills });
    await report(options, startedAtMs, season);
    return countsOf(season);
  } finally {
    if (restore) await up(stack, undefined);
  }
}

async function up(stack: string, name: string | undefined): Promise<void> {
  console.log(name === undefined ? "Back to the stack's own catalog" : 'Bringing what drills need');
  const run = await npmRun(stack, 'up', [], name === undefined ? {} : { catalog: name });
  if (run.status !== 0) throw new Error(`npm run up ended with ${run.status}:\n${run.output}`);
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

function countsOf({ outcomes, interrupted }: Season): Counts {
  const count = (result: string): number =>
    outcomes.filter((outcome) => outcome.result === result).length;
  // Cut short is not passed.
  const failed = Math.max(count('failed'), interrupted ? 1 : 0);
  return { passed: count('passed'), failed, skipped: count('skipped') };
}
