import { isWithinLimits, type Limit, type Limits, type Quantiles, type Row } from './benchmark.ts';

export type Outcome =
  | { readonly kind: 'measured'; readonly row: Row }
  /** It could not be measured: a fault of the benchmark, or of what it measures. */
  | { readonly kind: 'broken'; readonly name: string; readonly reason: string };

export function passes(outcome: Outcome): boolean {
  return outcome.kind === 'measured' && isWithinLimits(outcome.row);
}

export function nameOf(outcome: Outcome): string {
  return outcome.kind === 'measured' ? outcome.row.name : outcome.name;
}

const heads = ['', 'median / p99', 'floor', 'limit', 'so it is', ''] as const;

/** Columns of equal width, one line for each outcome. */
export function formatTable(outcomes: readonly Outcome[]): string {
  const lines = [heads, ...outcomes.map(cellsOf)];
  const widths = heads.map((_, index) => Math.max(...lines.map((cells) => widthOf(cells, index))));
  return lines
    .map((cells) => cells.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('  '))
    .map((line) => line.trimEnd())
    .join('\n');
}

/** What a machine reads of an outcome. */
export function toJson(outcome: Outcome): object {
  return outcome.kind === 'measured'
    ? { ...outcome.row, ok: passes(outcome) }
    : { name: outcome.name, error: outcome.reason, ok: false };
}

function cellsOf(outcome: Outcome): readonly string[] {
  if (outcome.kind === 'broken')
    return [outcome.name, '-', '-', '-', '-', `BROKEN: ${outcome.reason}`];
  const { row } = outcome;
  const { name, unit, measured, floor, limits } = row;
  return [
    name,
    `${both(measured, digits)} ${unit}`.trimEnd(),
    floor === undefined ? '-' : `${both(floor, digits)} ${unit}`,
    limitOf(limits, unit),
    floor === undefined ? '-' : comparison(measured, floor, limits),
    isWithinLimits(row) ? 'ok' : 'TOO SLOW',
  ];
}

/** A long reason at the end of a line must not widen a column. */
function widthOf(cells: readonly string[], index: number): number {
  return index === heads.length - 1 ? 0 : (cells[index]?.length ?? 0);
}

function comparison(measured: Quantiles, floor: Quantiles, limits: Limits): string {
  const isSum = Object.values(limits).some(({ kind }) => kind === 'above the floor');
  const compare = (a = Number.NaN, b = Number.NaN): string =>
    isSum ? `+${digits(a - b)}` : `${(a / b).toFixed(2)} ×`;
  const median = compare(measured.median, floor.median);
  if (measured.p99 === undefined || floor.p99 === undefined) return median;
  return `${median} / ${compare(measured.p99, floor.p99)}`;
}

function limitOf({ median, p99 }: Limits, unit: string): string {
  return [median, p99]
    .flatMap((limit) => (limit === undefined ? [] : [describeLimit(limit, unit)]))
    .join(' / ');
}

function describeLimit({ kind, value }: Limit, unit: string): string {
  switch (kind) {
    case 'at most':
      return `≤ ${value} ${unit}`.trimEnd();
    case 'times the floor':
      return `${value} ×`;
    case 'above the floor':
      return `+${value} ${unit}`;
  }
}

function both({ median, p99 }: Quantiles, format: (value: number) => string): string {
  return p99 === undefined ? format(median) : `${format(median)} / ${format(p99)}`;
}

function digits(value: number): string {
  return Number.isInteger(value) || Math.abs(value) >= 100 ? value.toFixed(0) : value.toFixed(2);
}
