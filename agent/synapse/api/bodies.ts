/** What requests of the API carry; times are in seconds, as in the configuration. */
import { z } from 'zod';
import { line, seconds } from '../../config/fields.ts';

const text = line.max(200);

export const decisionBody = z
  .strictObject({
    /** For people; both show up in log and status. */
    reason: text.default('no reason given'),
    by: text.default('somebody'),
    /** For ever without it. */
    duration_seconds: seconds.optional(),
  })
  .prefault({});

export interface Decided {
  readonly reason: string;
  readonly by: string;
  readonly sinceMs: number;
  readonly untilMs?: number;
}

export function decidedOf(
  { reason, by, duration_seconds: duration }: z.output<typeof decisionBody>,
  nowMs: number,
): Decided {
  const until = duration === undefined ? {} : { untilMs: nowMs + duration * 1_000 };
  return { reason, by, sinceMs: nowMs, ...until };
}
