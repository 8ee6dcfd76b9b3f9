/** Ours: what a service does when instances vanish at once, and which of them it prefers. */
import { z } from 'zod';
import { line, seconds } from './fields.ts';

/**
 * A registry that loses many instances at once is more likely wrong than right: those that HAProxy's
 * own checks find up stay for a while. Never held: whoever announced that he leaves, and the last
 * ones of a list that became empty, which `default_servers` and `use_previous_backends` decide.
 */
export const guardSchema = z.strictObject({
  /** Held when more than this share is gone within 20 s, less what came instead. */
  share: z.number().min(0).max(1).default(0.5),
  /** At most; the end of a hold is as if the instance were gone then. */
  hold_seconds: seconds.default(300),
});

/**
 * Own zone first: its instances get all traffic but for a trace, by weights over the runtime
 * socket. HAProxy itself goes on to the other zones at once when all of the own zone are down.
 * For no request to be lost over it, HAProxy needs `option redispatch 1`, servers with `observe
 * layer4 error-limit 1 on-error mark-down`, and twice as many `retries` as instances may die at
 * once. Has no effect with `balance first`, which knows no weights; hashes move keys when it changes its
 * mind.
 */
export const zoneSchema = z.strictObject({
  /** Of the registrations: its value is the zone of an instance. */
  label: line.min(1),
  /** The zone of this host. */
  value: line.min(1),
  /**
   * All zones serve alike while the own one has fewer instances up than this share of the mean of
   * all zones: what is left of it would drown in traffic made for more.
   */
  min_share: z.number().min(0).max(1).default(0.7),
});

export type GuardConfig = Readonly<z.output<typeof guardSchema>>;
export type ZoneConfig = Readonly<z.output<typeof zoneSchema>>;
