import { z } from 'zod';
import { mustBe } from './describe-issue.ts';

/** HTTP status codes, both ends included. */
export interface StatusRange {
  readonly low: number;
  readonly high: number;
}

/** `204`, `"204"`, `"2xx"`, `"200-299"`. */
export const statusRange = z
  .union([z.number(), z.string()])
  .refine((value) => parseStatusRange(value) !== undefined, {
    error: mustBe('a status code or a range of them, such as 204, "2xx" or "200-299"'),
  });

/** `undefined` for what the schema refuses. */
export function parseStatusRange(value: string | number): StatusRange | undefined {
  const text = String(value);
  const [, digit] = /^([1-5])xx$/.exec(text) ?? [];
  if (digit !== undefined) return { low: Number(`${digit}00`), high: Number(`${digit}99`) };
  const [, low, high = low] = /^([1-5]\d\d)(?:-([1-5]\d\d))?$/.exec(text) ?? [];
  if (low === undefined || high === undefined || low > high) return undefined;
  return { low: Number(low), high: Number(high) };
}
