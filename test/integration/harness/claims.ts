/** Checks what the README claims, one mocha file after the other. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { config } from 'chai';
import Mocha from 'mocha';
import { type Counts, sum } from '../../support/runner/counts.ts';
import { printLogs } from './claim-logs.ts';
import { picks, type RunOptions } from './options.ts';

const folder = join(import.meta.dirname, '../claims');
/** All others need its environment. */
const standUp = '00-stand-up.test.ts';
/** Needs an environment that is whole, and leaves none. */
const takeDown = '99-take-down.test.ts';

export async function checkClaims(options: RunOptions, signal: AbortSignal): Promise<Counts> {
  const files = (await allFiles()).filter((file) => file !== standUp && file !== takeDown);
  const mocha = await load(options, files);
  if (titlesIn(mocha, options).length === 0) return sum([]);
  const first = await runWhole(options, standUp, signal);
  return signal.aborted ? first : sum([first, await run(mocha, signal)]);
}

export function checkTakeDown(options: RunOptions, signal: AbortSignal): Promise<Counts> {
  return runWhole(options, takeDown, signal);
}

export async function claimTitles(options: RunOptions): Promise<readonly string[]> {
  return titlesIn(await load(options, await allFiles()), options);
}

async function allFiles(): Promise<string[]> {
  return (await readdir(folder)).sort();
}

function titlesIn(mocha: Mocha, options: RunOptions): readonly string[] {
  const titles: string[] = [];
  const collect = (suite: Mocha.Suite): void => {
    titles.push(...suite.tests.map((test) => test.fullTitle()));
    suite.suites.forEach(collect);
  };
  collect(mocha.suite);
  return titles.filter((title) => picks(options, title));
}

/** Whatever is chosen. */
async function runWhole(options: RunOptions, file: string, signal: AbortSignal): Promise<Counts> {
  return run(await load({ ...options, only: '', skip: undefined }, [file]), signal);
}

/** Until `signal` fires: the test that runs then goes to its end, which heals. */
async function run(mocha: Mocha, signal: AbortSignal): Promise<Counts> {
  const counts = { passed: 0, failures: [] as string[], skipped: 0 };
  await new Promise<void>((resolve) => {
    const runner = mocha.run(() => resolve());
    signal.addEventListener('abort', () => runner.abort());
    runner
      .on('pass', () => {
        counts.passed += 1;
      })
      .on('fail', (test, error) => {
        counts.failures.push(`${test.fullTitle()}: ${error.message}`);
      })
      .on('pending', () => {
        counts.skipped += 1;
      });
  });
  return counts;
}

/** Once for each file: modules are evaluated a single time. */
async function load({ only, skip, stack }: RunOptions, files: readonly string[]): Promise<Mocha> {
  // The log of a run is all there is to find out from why a claim failed.
  config.truncateThreshold = 0;
  // Whole environments come and go in here: the deadlines that count are those of each probe.
  const mocha = new Mocha({ timeout: 1_200_000, slow: 600_000 });
  const without = skip === undefined ? '' : `(?!.*${RegExp.escape(skip)})`;
  mocha.grep(new RegExp(`^${without}.*${RegExp.escape(only)}`));
  mocha.rootHooks({
    async afterEach(this: Mocha.Context) {
      const { state, duration = 0 } = this.currentTest ?? {};
      if (state === 'failed') await printLogs(stack, Date.now() - duration).catch(console.error);
    },
  });
  for (const file of files) mocha.addFile(join(folder, file));
  await mocha.loadFilesAsync();
  return mocha;
}
