import type { Style } from '../../../../infra/cli/progress/style.ts';
import { table } from '../../../../infra/cli/progress/table.ts';
import type { DrillOutcome } from '../../harness/outcome.ts';
import { marks } from '../summary-table.ts';
import { count, failedByCause, timeKeys, timeOf, totalOf } from '../words.ts';

const heads = [
  'DRILL',
  'RESULT',
  'DETECTED',
  'TRAFFIC MOVED',
  'RECOVERED',
  'SENT',
  'FAILED',
  'RELOADS',
] as const;

/** All drills of a run, a line each. */
export function drillTable(outcomes: readonly DrillOutcome[], style: Style): readonly string[] {
  const [head = '', ...rows] = table([heads, ...outcomes.map(row)]);
  return [style.bold(head), ...rows.map((line) => paint(line, style))];
}

function row(outcome: DrillOutcome): readonly string[] {
  const { title, result } = outcome;
  if (outcome.result === 'skipped') return [title, marks[result]];
  const { times, traffic, reloads } = outcome;
  return [
    ...[title, marks[result]],
    ...timeKeys.map((key) => timeOf(times, key)),
    ...[count(traffic.sent), failedByCause(traffic), count(totalOf(reloads))],
  ];
}

// Colours come after the widths are settled.
function paint(line: string, style: Style): string {
  return line
    .replace(marks.passed, style.green)
    .replace(marks.failed, style.red)
    .replace(marks.skipped, style.yellow);
}
