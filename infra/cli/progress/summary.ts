import type { EngineEvent, Failure, StepView } from '../../engine/events.ts';
import { hostOf } from '../../engine/goal.ts';
import type { EngineResult } from '../../engine/run.ts';
import { duration } from './step-line.ts';
import type { Style } from './style.ts';
import type { Mode } from './view.ts';

type Counted = 'created' | 'updated' | 'deleted' | 'unchanged' | 'skipped' | 'failed';
export type Tally = Readonly<Record<Counted, number>>;

export const emptyTally: Tally = {
  created: 0,
  updated: 0,
  deleted: 0,
  unchanged: 0,
  skipped: 0,
  failed: 0,
};

/** Counts an event. A replaced resource counts as updated; its old self is not counted again. */
export function counted(tally: Tally, event: EngineEvent): Tally {
  const key = keyOf(event);
  return key === undefined ? tally : { ...tally, [key]: tally[key] + 1 };
}

function keyOf(event: EngineEvent): Counted | undefined {
  switch (event.kind) {
    case 'planned':
    case 'finished':
      return changeOf(event.step.kind);
    case 'unchanged':
    case 'skipped':
    case 'failed':
      return event.kind;
    case 'started':
    case 'line':
      return undefined;
  }
}

function changeOf(kind: StepView['kind']): Counted {
  switch (kind) {
    case 'create':
      return 'created';
    case 'update':
    case 'replace':
      return 'updated';
    case 'delete':
      return 'deleted';
    case 'same':
      return 'unchanged';
  }
}

/** `12 created, 3 updated, 0 deleted, 101 unchanged in 48 s`. */
export function summaryLine(mode: Mode, tally: Tally, ms: number, style: Style): string {
  const to = mode === 'preview';
  const deleted = part(tally.deleted, to ? 'to delete' : 'deleted', style.yellow);
  const others = [
    part(tally.created, to ? 'to create' : 'created', style.green),
    part(tally.updated, to ? 'to update' : 'updated', style.yellow),
    deleted,
    part(tally.unchanged, 'unchanged', style.dim),
  ];
  const parts = [
    ...(mode === 'down' ? [deleted] : others),
    ...(tally.skipped === 0 ? [] : [part(tally.skipped, 'skipped', style.yellow)]),
    ...(tally.failed === 0 ? [] : [part(tally.failed, 'failed', style.red)]),
  ];
  return `${parts.join(', ')} ${style.dim(`in ${duration(ms)}`)}`;
}

function part(count: number, word: string, paint: (text: string) => string): string {
  const text = `${count} ${word}`;
  return count === 0 ? text : paint(text);
}

/** What went wrong, grouped: the same message on many steps of a host is told once. */
export function failureReport(result: EngineResult, style: Style): readonly string[] {
  const groups = new Map<string, Failure[]>();
  for (const failure of result.failures) {
    const key = `${hostOf(failure.name)}\n${failure.message}\n${failure.lastLines.join('\n')}`;
    groups.set(key, [...(groups.get(key) ?? []), failure]);
  }
  return [
    ...result.programErrors.map((text) => style.red(text)),
    ...[...groups.values()].flatMap((failures) => failureLines(failures, style)),
  ];
}

function failureLines([first, ...others]: readonly Failure[], style: Style): readonly string[] {
  if (first === undefined) return [];
  const more = others.length === 0 ? '' : ` (and ${others.length} more steps on this host)`;
  return [
    '',
    `${style.red(style.bold(first.name))}${more}`,
    `  ${first.message}`,
    ...first.lastLines.map((line) => `  ${style.dim('│')} ${line}`),
    ...(first.hint === undefined ? [] : [`  ${style.yellow('→')} ${first.hint}`]),
  ];
}
