/** Kinds of values that several of nerve's options share. */
import { z } from 'zod';
import { hasControlCharacters, isHost } from '../registration.ts';

export const line = z
  .string()
  .refine((text) => !hasControlCharacters(text), 'must be one line without control characters');

export const host = z
  .string()
  .refine(isHost, 'is no address or host name; must be such as "10.0.0.5" or "db1.example.com"');

/** Ruby converts digits in a string; so do we. */
const number = z.union(
  [
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ],
  {
    error: 'must be a number',
  },
);

export const integerBetween = (low: number, high: number) =>
  number.refine(
    (value) => Number.isInteger(value) && value >= low && value <= high,
    `must be a whole number from ${low} to ${high}`,
  );

export const port = integerBetween(1, 65_535);
export const count = integerBetween(1, 1_000);

/** More than nothing, at most a day. */
export const seconds = number.refine(
  (value) => value >= 0.001 && value <= 86_400,
  'must be a number of seconds from 0.001 to 86400',
);

export const notSupportedYet = z.never('is not supported yet; leave it out').optional();
