/**
 * `npm run integration`: stands the environment up if there is none, checks from outside what the
 * README claims, and takes down what it stood up.
 */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Command } from 'commander';
import Mocha from 'mocha';
import { machineFootprint } from './support/footprint.ts';
import { npmRun, stackExists } from './support/stack.ts';

const values = new Command('npm run integration --')
  .description('Stands an environment up if there is none, and checks what the README claims')
  .option('--stack <name>', 'another stack', 'vagrant')
  .option('--keep', 'leave the environment in place', false)
  .option('--only <text>', 'claims whose title contains it', '')
  .parse()
  .opts<{ stack: string; keep: boolean; only: string }>();
process.env.SMARTSTACK_STACK = values.stack;

const ours = !(await stackExists(values.stack));
if (ours && !values.keep) {
  process.env.SMARTSTACK_FOOTPRINT = JSON.stringify(await machineFootprint());
}
console.log(
  ours
    ? `No stack "${values.stack}" yet: it will be stood up${values.keep ? '' : ' and taken down'}.`
    : `Using the running stack "${values.stack}"; it stays in place.`,
);

const claims = join(import.meta.dirname, 'claims');
// Whole environments come and go in here: the deadlines that count are those of each probe.
const mocha = new Mocha({ timeout: 1_200_000, slow: 600_000 });
mocha.fgrep(values.only);
for (const file of (await readdir(claims)).sort()) mocha.addFile(join(claims, file));
await mocha.loadFilesAsync();

const counts = { passed: 0, failed: 0, skipped: 0 };
await new Promise<void>((resolve) => {
  mocha
    .run(() => resolve())
    .on('pass', () => {
      counts.passed += 1;
    })
    .on('fail', () => {
      counts.failed += 1;
    })
    .on('pending', () => {
      counts.skipped += 1;
    });
});

// A failed claim may have left it half down: take away what this run stood up, in any case.
if (ours && !values.keep && (await stackExists(values.stack))) {
  const { output } = await npmRun(values.stack, 'down');
  console.log(output);
}
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exitCode = counts.failed === 0 && counts.passed > 0 ? 0 : 1;
