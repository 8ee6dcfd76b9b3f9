import type { Lab } from './lab.ts';

/** Something that is measured, in one run together with what it is compared with. */
export interface Benchmark {
  readonly name: string;
  run(lab: Lab): Promise<readonly Row[]>;
}

/** One line of the table. */
export interface Row {
  readonly name: string;
  readonly unit: 'ms' | '%' | 'MiB' | '';
  readonly measured: Quantiles;
  /** The same measured without us: what no program could be better than. */
  readonly floor?: Quantiles;
  readonly limits: Limits;
}

/** A quantity that was measured once has no 99th percentile. */
export interface Quantiles {
  readonly median: number;
  readonly p99?: number;
}

export interface Limits {
  readonly median?: Limit;
  readonly p99?: Limit;
}

export type Limit =
  | { readonly kind: 'at most'; readonly value: number }
  | { readonly kind: 'times the floor'; readonly value: number }
  | { readonly kind: 'above the floor'; readonly value: number };

export const atMost = (value: number): Limit => ({ kind: 'at most', value });
export const timesFloor = (value: number): Limit => ({ kind: 'times the floor', value });
export const aboveFloor = (value: number): Limit => ({ kind: 'above the floor', value });

export function quantilesOf(samples: readonly number[]): Quantiles {
  const sorted = samples.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  return { median: at(0.5), p99: at(0.99) };
}

/** False where something is too much, and where it was not measured at all. */
export function isWithinLimits({ measured, floor, limits }: Row): boolean {
  const keeps = (which: keyof Quantiles): boolean =>
    limits[which] === undefined ||
    isWithin(limits[which], measured[which] ?? Number.NaN, floor?.[which] ?? Number.NaN);
  return keeps('median') && keeps('p99');
}

function isWithin({ kind, value }: Limit, measured: number, floor: number): boolean {
  switch (kind) {
    case 'at most':
      return measured <= value;
    case 'times the floor':
      return measured <= value * floor;
    case 'above the floor':
      return measured <= floor + value;
  }
}
