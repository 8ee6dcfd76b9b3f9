/**
 * `npm run bench`: measures the real daemons against a real ensemble, and compares with what was
 * promised. A machine with other work on it measures that work.
 *
 *   -- --only TEXT   benchmarks whose name contains it
 *   -- --json FILE   the results for a program, too
 *   -- --full        as much and as long as promised, where less shows most of it
 */
import { writeFile } from 'node:fs/promises';
import { Command } from 'commander';
import { type Counts, closingLines } from '../support/runner/counts.ts';
import { ensureTestPrograms } from '../support/runner/programs.ts';
import { nerveCost } from './nerve-cost.ts';
import { nerveInstances } from './nerve-instances.ts';
import { nerveRegistration } from './nerve-registration.ts';
import { nerveRestart } from './nerve-restart.ts';
import { nerveThroughput } from './nerve-throughput.ts';
import { preview } from './preview.ts';
import type { Benchmark } from './support/benchmark.ts';
import { createLab, type Lab } from './support/lab.ts';
import { formatTable, nameOf, type Outcome, passes, toJson } from './support/table.ts';
import { synapseArrivals } from './synapse-arrivals.ts';
import { synapseBounce } from './synapse-bounce.ts';
import { synapseChange } from './synapse-change.ts';
import { synapseChurn } from './synapse-churn.ts';
import { synapseCost } from './synapse-cost.ts';
import { synapseFirstConfig } from './synapse-first-config.ts';
import { up } from './up.ts';

const benchmarks: readonly Benchmark[] = [
  nerveRegistration,
  nerveInstances,
  nerveRestart,
  nerveThroughput,
  nerveCost,
  synapseChange,
  synapseFirstConfig,
  synapseArrivals,
  synapseChurn,
  synapseBounce,
  synapseCost,
  preview,
  up,
];

const maxReason = 300;

const values = new Command('npm run bench --')
  .description('Measures what was promised, beside the floor of this machine')
  .option('--only <text>', 'benchmarks whose name contains it', '')
  .option('--json <file>', 'where to write the figures too')
  .option('--full', 'longer runs, as long as was promised', false)
  .parse()
  .opts<{ only: string; json?: string; full: boolean }>();
const chosen = benchmarks.filter(({ name }) => name.includes(values.only));
if (chosen.length === 0) {
  console.error(`no benchmark is called so; there are:\n${names(benchmarks)}`);
  process.exit(2);
}
const outcomes = await runAll(chosen);
console.log(`\n${formatTable(outcomes)}`);
if (values.json !== undefined) {
  await writeFile(values.json, `${JSON.stringify(outcomes.map(toJson), null, 2)}\n`);
}
const counts: Counts = {
  passed: outcomes.filter(passes).length,
  failures: outcomes.filter((outcome) => !passes(outcome)).map(nameOf),
  skipped: benchmarks.length - chosen.length,
};
console.log(`\n${closingLines(counts)}`);
process.exit(counts.failures.length === 0 ? 0 : 1);

async function runAll(selected: readonly Benchmark[]): Promise<readonly Outcome[]> {
  await ensureTestPrograms();
  const lab = await createLab(values.full);
  try {
    const found: Outcome[] = [];
    for (const benchmark of selected) found.push(...(await runOne(lab, benchmark)));
    return found;
  } finally {
    await lab.close();
  }
}

async function runOne(lab: Lab, { name, run }: Benchmark): Promise<readonly Outcome[]> {
  console.error(`▸ ${name} …`);
  try {
    return (await run(lab)).map((row) => ({ kind: 'measured', row }));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ kind: 'broken', name, reason: reason.slice(0, maxReason) }];
  }
}

function names(all: readonly Benchmark[]): string {
  return all.map(({ name }) => `  ${name}`).join('\n');
}
