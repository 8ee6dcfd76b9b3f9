/**
 * `npm run integration`: stands the environment up if there is none, checks from outside what the
 * README claims, breaks what the drills break, and takes down what it stood up.
 */

import { type Counts, closingLines, sum } from '../support/runner/counts.ts';
import { chooseDrills } from './harness/choose-drills.ts';
import { checkClaims, checkTakeDown, claimTitles } from './harness/claims.ts';
import { drillAll } from './harness/drill-all.ts';
import { onInterrupt } from './harness/interrupt.ts';
import { parseOptions, type RunOptions } from './harness/options.ts';
import { machineFootprint } from './support/footprint.ts';
import { npmRun, stackExists } from './support/stack.ts';

const options = parseOptions(process.argv);
process.env.SMARTSTACK_STACK = options.stack;
const chosen = chooseDrills(options);

if (options.list) await list();
else await run();

async function list(): Promise<void> {
  if (options.random) return console.log('Chance decides: the report of a run tells what it drew.');
  for (const title of await claimTitles(options)) console.log(title);
  for (const { set, title, quick } of [...chosen.firstSteps, ...chosen.drills]) {
    console.log(`${set}: ${title}${quick ? '' : '   (full)'}`);
  }
}

async function run(): Promise<void> {
  const { stack, keep } = options;
  const ours = !(await stackExists(stack));
  if (ours && !keep) process.env.SMARTSTACK_FOOTPRINT = JSON.stringify(await machineFootprint());
  console.log(
    ours
      ? `No stack "${stack}" yet: it will be stood up${keep ? '' : ' and taken down'}.`
      : `Using the running stack "${stack}"; it stays in place.`,
  );
  const signal = onInterrupt();
  const counts: Counts[] = [];
  if (!options.random) counts.push(await checkClaims(options, signal));
  if (!signal.aborted) {
    const restore = !ours && !keep;
    counts.push(await drillAll(options, chosen, { restore, signal }).catch(unplayed));
  }
  const takeDown = ours && !keep && (await stackExists(stack));
  if (takeDown && !signal.aborted) counts.push(await checkTakeDown(options, signal));
  // Cut short is not passed.
  if (signal.aborted) counts.push({ passed: 0, failures: ['the run: interrupted'], skipped: 0 });
  await finish(sum(counts), takeDown);
}

/** What stood in the way is told, and what this run stood up is taken down all the same. */
function unplayed(error: unknown): Counts {
  console.error(error);
  return { passed: 0, failures: [`the drills: ${error}`], skipped: 0 };
}

async function finish(counts: Counts, takeDown: boolean): Promise<void> {
  // Something may have left it half down: take away what this run stood up, in any case.
  if (takeDown && (await stackExists(options.stack))) {
    console.log((await npmRun(options.stack, 'down')).output);
  }
  const played = counts.passed + counts.failures.length + counts.skipped;
  if (played === 0) console.error(nothingPlayed(options));
  console.log(closingLines(counts));
  process.exitCode = counts.failures.length === 0 && counts.passed > 0 ? 0 : 1;
}

function nothingPlayed({ set, random }: RunOptions): string {
  const what = random ? 'nothing that chance drew' : `no title of the ${set} set`;
  return `Nothing was played: ${what} is what --only and --skip ask for; --set full --list tells all titles.`;
}
