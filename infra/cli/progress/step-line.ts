import type { StepView } from '../../engine/events.ts';
import { hostOf } from '../../engine/goal.ts';
import type { Style } from './style.ts';

const done: Readonly<Record<StepView['kind'], string>> = {
  create: 'created',
  update: 'updated',
  replace: 'replaced',
  delete: 'deleted',
  same: 'unchanged',
};

const doing: Readonly<Record<StepView['kind'], string>> = {
  create: 'creating',
  update: 'updating',
  replace: 'replacing',
  delete: 'deleting',
  same: 'checking',
};

const hostWidth = 18;

/** What a step is about on its host: the name without the host. */
export function thingOf(name: string): string {
  return name.includes('/') ? name.slice(hostOf(name).length + 1) : name;
}

function place(step: StepView, style: Style): string {
  const host = hostOf(step.name).padEnd(hostWidth);
  return `${style.cyan(host)} ${thingOf(step.name)}`;
}

export function finishedLine(step: StepView, ms: number, style: Style): string {
  const sign = step.kind === 'delete' ? style.yellow('-') : style.green('✓');
  return `${sign} ${place(step, style)} ${style.dim(`${done[step.kind]} in ${duration(ms)}`)}`;
}

export function failedLine(step: StepView, message: string, style: Style): string {
  return `${style.red('✗')} ${place(step, style)} ${style.red(message)}`;
}

export function skippedLine(step: StepView, because: string, style: Style): string {
  return style.dim(
    `· ${hostOf(step.name).padEnd(hostWidth)} ${thingOf(step.name)} skipped: ${because}`,
  );
}

export function runningLine(step: StepView, ms: number, style: Style): string {
  return `${place(step, style)} ${style.dim(`${doing[step.kind]} … ${duration(ms)}`)}`;
}

/** `0.4 s`, `12 s`, `3 min 5 s`. */
export function duration(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}
