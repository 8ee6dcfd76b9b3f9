/** Kinds of values that several of synapse's options share. */
import { z } from 'zod';

/** One line of text: nothing that could end a line of haproxy.cfg. */
export const line = z
  .string()
  .regex(/^[^\p{Cc}]*$/u, 'must be one line without control characters');

/** The original takes a list of lines, its README a single one too. */
export const lines = z
  .union([line, z.array(line)])
  .transform((value): readonly string[] => (typeof value === 'string' ? [value] : value));

/** A number, or its digits as a string: the originals put it into text as it is. */
export const port = z
  .union([
    z.int(),
    z
      .string()
      .regex(/^\d{1,5}$/, 'must be a port')
      .transform(Number),
  ])
  .refine((value) => value >= 1 && value <= 65_535, 'must be a port from 1 to 65535');

/** What HAProxy takes as the name of a section or server. */
export const proxyName = z
  .string()
  .regex(/^[A-Za-z0-9_.:-]{1,255}$/, 'must be letters, digits, "_", ".", ":" and "-"');

export const path = line.min(1, 'must be a path');
