/** Kinds of values that several parts of the catalog share. */
import { z } from 'zod';

const maxPort = 65_535;

export const port = z
  .int('must be a whole number')
  .min(1, 'must be a port from 1 to 65535')
  .max(maxPort, 'must be a port from 1 to 65535');

export const durationMs = z.int('must be a whole number of milliseconds').min(10).max(3_600_000);

export const count = z
  .int('must be a whole number')
  .min(1, 'must be at least 1')
  .max(100, 'must be at most 100');

/** A path as it appears in a request line: printable, no white space. */
export const requestPath = z
  .string()
  .regex(/^\/[!-~]*$/, 'must be a path such as "/health": a slash, then no white space');

/** One line of plain text: nothing that could end a line in a unit or in haproxy.cfg. */
export const line = z
  .string()
  .regex(/^[^\p{Cc}]+$/u, 'must be one line without control characters');

/** A file of the host, such as `/etc/smartstack/redis.password`. */
export const hostPath = line.regex(/^\//, 'must be an absolute path on the host');

/** A program and its arguments, run without a shell. */
export const program = z
  .array(line)
  .min(1, 'needs a program, and its arguments: ["/usr/bin/true", "-x"]');
