import { structuredPatch } from 'diff';
import type { EngineEvent, PropertyChange, StepView } from '../../engine/events.ts';
import { hostOf } from '../../engine/goal.ts';
import { unknownValue } from '../../engine/values.ts';
import { thingOf } from './step-line.ts';
import type { Style } from './style.ts';

export type Planned = Extract<EngineEvent, { kind: 'planned' }>;

const shownDiffLines = 40;

/** What `up` would do, host by host, thing by thing, with short diffs of what changes. */
export function planList(planned: readonly Planned[], style: Style): readonly string[] {
  const hosts = Map.groupBy(planned, ({ step }) => hostOf(step.name));
  return [...hosts].flatMap(([host, steps]) => [
    '',
    style.bold(host),
    ...steps.flatMap((item) => stepLines(item, style)),
  ]);
}

const signs: Readonly<Record<StepView['kind'], string>> = {
  create: '+',
  update: '~',
  replace: '±',
  delete: '-',
  same: ' ',
};

function stepLines({ step, changes }: Planned, style: Style): readonly string[] {
  const paint = { '+': style.green, '-': style.red }[signs[step.kind]] ?? style.yellow;
  const head = `  ${paint(`${signs[step.kind]} ${thingOf(step.name)}`)} ${style.dim(step.kind)}`;
  if (step.kind === 'create' || step.kind === 'delete') return [head];
  return [head, ...changes.flatMap((change) => changeLines(change, style))];
}

function changeLines(change: PropertyChange, style: Style): readonly string[] {
  const { key, before = '', after = '' } = change;
  if (change.secret) return [`      ${key}: ${style.dim('[secret] changes')}`];
  if (change.unknown) {
    return [`      ${key}: ${style.dim('depends on what is yet to be made')}`];
  }
  const patch = structuredPatch('', '', before, after, '', '', { context: 1 });
  const lines = patch.hunks.flatMap(({ lines: hunk }) => hunk).filter((line) => line !== noNewline);
  const shown = lines.slice(0, shownDiffLines).map((line) => diffLine(line, style));
  const hidden = lines.length - shown.length;
  return [
    `      ${style.dim(`${key}:`)}`,
    ...shown,
    ...(hidden > 0 ? [style.dim(`        … ${hidden} more lines`)] : []),
  ];
}

const noNewline = '\\ No newline at end of file';

function diffLine(line: string, style: Style): string {
  const text = `        ${line.replaceAll(unknownValue, '[unknown]')}`;
  if (line.startsWith('+')) return style.green(text);
  return line.startsWith('-') ? style.red(text) : style.dim(text);
}
