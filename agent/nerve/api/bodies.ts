/** What requests of the API carry; times are in seconds, as in the configuration. */
import { z } from 'zod';
import { integerBetween, line, seconds } from '../../config/fields.ts';
import { maxWeight } from '../../registration.ts';
import type { Downtime, Spell } from '../lifecycle/overrides.ts';

const reason = line.max(200);

export const spellBody = z
  .strictObject({
    /** For people; shows up in log and status. */
    reason: reason.default('no reason given'),
    /** For ever without it. */
    duration_seconds: seconds.optional(),
  })
  .prefault({});

export const downtimeBody = z.strictObject({
  reason: reason.default('no reason given'),
  starts_in_seconds: z.number().min(0).max(604_800),
  /** For ever without it. */
  duration_seconds: seconds.optional(),
  /** How long before its start the instance gets no new traffic. */
  drain_seconds: z.number().min(0).max(3_600).default(10),
});

export const weightBody = z.strictObject({ weight: integerBetween(0, maxWeight) });

export function spellOf(
  { reason: why, duration_seconds: duration }: z.output<typeof spellBody>,
  nowMs: number,
): Spell {
  return {
    reason: why,
    ...(duration === undefined ? {} : { untilMs: nowMs + duration * 1_000 }),
  };
}

export function downtimeOf(body: z.output<typeof downtimeBody>, nowMs: number): Downtime {
  const startsAtMs = nowMs + body.starts_in_seconds * 1_000;
  return { ...spellOf(body, startsAtMs), startsAtMs, drainMs: body.drain_seconds * 1_000 };
}
