/**
 * What people and processes decided about a service, beside its checks. Plain data, kept in the
 * state file: an end is a wall-clock time in milliseconds, so that it means the same after a restart.
 */
export interface Overrides {
  /** The service itself says that it is not well. */
  readonly unhealthy?: Spell;
  /** An operator takes it out. */
  readonly drained?: Spell;
  /** In place of the configured weight, 0–256. */
  readonly weight?: number;
  readonly downtime?: Downtime;
}

export interface Spell {
  readonly reason: string;
  /** For ever without it. */
  readonly untilMs?: number;
}

/** A stop that is known beforehand: drained some time before it starts. */
export interface Downtime extends Spell {
  readonly startsAtMs: number;
  readonly drainMs: number;
}

/** Whether it is not over yet. */
export function holds<S extends Spell>(spell: S | undefined, nowMs: number): spell is S {
  return spell !== undefined && (spell.untilMs === undefined || spell.untilMs > nowMs);
}

/** Without what is over by now. */
export function stillValid(overrides: Overrides, nowMs: number): Overrides {
  const { unhealthy, drained, weight, downtime } = overrides;
  return {
    ...(holds(unhealthy, nowMs) ? { unhealthy } : {}),
    ...(holds(drained, nowMs) ? { drained } : {}),
    ...(weight === undefined ? {} : { weight }),
    ...(holds(downtime, nowMs) ? { downtime } : {}),
  };
}
