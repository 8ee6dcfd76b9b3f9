/** Kinds of values that several of nerve's options share. */
import { z } from 'zod';
import { hasControlCharacters, isHost } from '../registration.ts';
import { mustBe } from './describe-issue.ts';

export const line = z.string().refine((text) => !hasControlCharacters(text), {
  error: mustBe('one line without control characters'),
});

export const host = z.string().refine(isHost, { error: mustBe('an address or a host name') });

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
    error: mustBe('a number'),
  },
);

export const integerBetween = (low: number, high: number) =>
  number.refine((value) => Number.isInteger(value) && value >= low && value <= high, {
    error: mustBe(`a whole number from ${low} to ${high}`),
  });

export const port = integerBetween(1, 65_535);
export const count = integerBetween(1, 1_000);

/** More than nothing, at most a day. */
export const seconds = number.refine((value) => value >= 0.001 && value <= 86_400, {
  error: mustBe('a number of seconds from 0.001 to 86400'),
});

export const notSupportedYet = z.never('is not supported yet; leave it out').optional();
