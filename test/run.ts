/**
 * `npm test`: format, lint, types, then unit and component tests, those of synapse against HAProxy 3,
 * too, and infra tests: each stage in turn, the later ones also after a failure. `npm run check`
 * (`--quick`) leaves out what needs programs of the system. Names of stages as arguments run only
 * those: `npm test -- unit infra`.
 */
import { type Counts, closingLine, closingLines, sum } from './support/runner/counts.ts';
import { ensureTestPrograms } from './support/runner/programs.ts';
import { runStage, type Stage, stages } from './support/runner/stages.ts';

const chosen = chooseStages(process.argv.slice(2));
if (chosen === undefined) {
  console.error(`usage: npm test -- [--quick] [${stages.map(({ name }) => name).join('|')}]…`);
  process.exit(2);
}
process.exitCode = await main(chosen);

function chooseStages(args: readonly string[]): readonly Stage[] | undefined {
  const names = args.filter((arg) => arg !== '--quick');
  if (names.some((name) => !stages.some((stage) => stage.name === name))) return undefined;
  const quick = args.includes('--quick');
  return stages.filter(
    ({ name, needsPrograms }) =>
      (names.length === 0 || names.includes(name)) && !(quick && needsPrograms),
  );
}

async function main(selected: readonly Stage[]): Promise<number> {
  const all: Counts[] = [];
  const lines: string[] = [];
  if (selected.some(({ needsPrograms }) => needsPrograms)) await ensureTestPrograms();
  for (const stage of selected) {
    console.log(`\n▸ ${stage.name}: ${stage.command.join(' ')}`);
    const startedAt = performance.now();
    const counts = await runStage(stage);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    lines.push(`${stage.name.padEnd(10)} ${closingLine(counts)} (${seconds} s)`);
    all.push(counts);
  }
  const total = sum(all);
  console.log(`\n${lines.join('\n')}\n\n${closingLines(total)}`);
  return total.failures.length === 0 ? 0 : 1;
}
