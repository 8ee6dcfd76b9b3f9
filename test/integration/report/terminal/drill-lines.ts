/** What the terminal says of a drill, in lines without line feeds. */
import type { Style } from '../../../../infra/cli/progress/style.ts';
import type { DrillOutcome, JudgedLimit, PlayedDrill } from '../../harness/outcome.ts';
import {
  amount,
  count,
  failedByCause,
  figure,
  length,
  timeKeys,
  timeNames,
  timeOf,
  totalOf,
} from '../words.ts';

/** Its result, its figures, then all that was wrong, a line each. */
export function endLines(outcome: DrillOutcome, style: Style): readonly string[] {
  if (outcome.result === 'skipped') {
    return [`  ${style.yellow('– skipped')}: ${printable(outcome.because)}`];
  }
  const { result, startedAtMs, endedAtMs } = outcome;
  const word = result === 'passed' ? style.green('✓ passed') : style.red('✗ failed');
  const took = style.dim(`in ${length(endedAtMs - startedAtMs)}:`);
  return [
    `  ${word} ${took} ${figuresOf(outcome).join(', ')}`,
    ...wrongsOf(outcome).map((wrong) => `    ${style.red('✗')} ${printable(wrong)}`),
  ];
}

function figuresOf({ times, traffic, reloads }: PlayedDrill): readonly string[] {
  return [
    ...timeKeys
      .filter((key) => times[key] !== undefined)
      .map((key) => `${timeNames[key]} ${timeOf(times, key)}`),
    `${count(traffic.sent)} requests, failed ${failedByCause(traffic)}`,
    reloadWords(totalOf(reloads)),
  ];
}

function reloadWords(total: number): string {
  return total === 1 ? '1 reload' : `${count(total)} reloads`;
}

/** Limits that did not hold, laws, errors: in words. */
export function wrongsOf({ limits, lawViolations, errors }: PlayedDrill): readonly string[] {
  return [
    ...limits.filter(({ passed }) => !passed).map(limitWords),
    ...lawViolations.map(
      ({ law, host, what }) => `${law}${host === undefined ? '' : ` on ${host}`}: ${what}`,
    ),
    ...errors,
  ];
}

function limitWords({ name, limit, measured, unit }: JudgedLimit): string {
  const found = measured === undefined ? 'never' : figure(measured, unit);
  return `${name}: ${found}, at most ${amount(limit, unit)}`;
}

/** What hosts and errors say must not move the cursor; further lines are indented. */
export function printable(text: string): string {
  return (
    text
      // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape is what is looked for
      .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
      // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are the point
      .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, ' ')
      .trimEnd()
      .replaceAll('\n', '\n      ')
  );
}
