/** From what is known of a service to what the registry must say of it. Pure. */
import type { DepartureReason } from '../../departure.ts';
import { maxWeight, type Registration } from '../../registration.ts';
import type { Health } from '../checking/rise-fall.ts';
import type { ServiceDefinition } from '../definition.ts';
import { type Downtime, holds, type Overrides, type Spell } from './overrides.ts';

export type Decision =
  /** The checks have not decided yet: the registry stays as it is. */
  | { readonly outcome: 'undecided' }
  | { readonly outcome: 'up'; readonly registration: Registration }
  | {
      readonly outcome: 'down';
      readonly reason: DepartureReason;
      /** It is not well, whatever the reason is: it must be out in time (law 4). */
      readonly failing: boolean;
      /** For logs and status, one line. */
      readonly why: string;
    };

export interface Situation {
  readonly definition: Pick<ServiceDefinition, 'registration' | 'warmUpMs'>;
  readonly health: Health | undefined;
  readonly overrides: Overrides;
  /** Of the whole host. */
  readonly hostDrained: Spell | undefined;
  /** How long it has been registered, 0 until it is; infinite where that was before a restart. */
  readonly upForMs: number;
  /** Wall clock. */
  readonly nowMs: number;
}

export interface Verdict {
  readonly decision: Decision;
  /** When time alone may change it; `undefined` for never. */
  readonly againInMs: number | undefined;
}

/** Steps in which a weight rises while an instance warms up. */
const warmUpSteps = 10;

export function decide(situation: Situation): Verdict {
  const { overrides, hostDrained, nowMs } = situation;
  const { drained, downtime, unhealthy } = overrides;
  const changes = [...endsOf(situation), ...startsOf(downtime)].filter((at) => at > nowMs);
  const decision = judge(situation, { hostDrained, drained, downtime, unhealthy });
  const rising = decision.outcome === 'up' ? nextWarmUpStep(situation) : Number.POSITIVE_INFINITY;
  const againInMs = Math.min(...changes.map((at) => at - nowMs), rising);
  return {
    decision,
    againInMs: againInMs === Number.POSITIVE_INFINITY ? undefined : againInMs,
  };
}

interface Spells {
  readonly hostDrained: Spell | undefined;
  readonly drained: Spell | undefined;
  readonly downtime: Downtime | undefined;
  readonly unhealthy: Spell | undefined;
}

function judge(situation: Situation, spells: Spells): Decision {
  const { health, nowMs } = situation;
  const { hostDrained, drained, downtime, unhealthy } = spells;
  const failing = health === 'down' || holds(unhealthy, nowMs);
  const down = (reason: DepartureReason, why: string): Decision => ({
    outcome: 'down',
    reason,
    failing,
    why,
  });
  if (holds(hostDrained, nowMs)) return down('drained', `host drained: ${hostDrained.reason}`);
  if (holds(drained, nowMs)) return down('drained', `drained: ${drained.reason}`);
  if (holds(downtime, nowMs) && downtime.startsAtMs <= nowMs) {
    return down('drained', `downtime: ${downtime.reason}`);
  }
  if (holds(unhealthy, nowMs)) return down('failing', `said to be unhealthy: ${unhealthy.reason}`);
  if (health === undefined) return { outcome: 'undecided' };
  if (health === 'down') return down('failing', 'its checks fail');
  return { outcome: 'up', registration: registrationNow(situation) };
}

function registrationNow(situation: Situation): Registration {
  const { definition, overrides, nowMs } = situation;
  const { weight: configured, ...rest } = definition.registration;
  const full = overrides.weight ?? configured;
  const weight = full === undefined ? undefined : warmingWeight(full, situation);
  const { downtime } = overrides;
  const announced = holds(downtime, nowMs) ? announcement(downtime, nowMs) : {};
  return { ...rest, ...(weight === undefined ? {} : { weight }), ...announced };
}

/** Weight 0 is what the originals understand of it. */
function announcement(
  { startsAtMs, drainMs }: Downtime,
  nowMs: number,
): Pick<Registration, 'weight' | 'draining' | 'downtime_at'> {
  const downtime_at = Math.round(startsAtMs / 1_000);
  return startsAtMs - drainMs > nowMs
    ? { downtime_at }
    : { weight: 0, draining: true, downtime_at };
}

/** A tenth at once, the rest in equal steps; never 0, which would mean no traffic at all. */
function warmingWeight(full: number, { definition, upForMs }: Situation): number {
  const { warmUpMs } = definition;
  if (warmUpMs === undefined || upForMs >= warmUpMs || full === 0) return full;
  const step = Math.floor((upForMs / warmUpMs) * warmUpSteps) + 1;
  return Math.min(maxWeight, Math.max(1, Math.round((full * step) / warmUpSteps)));
}

function nextWarmUpStep({ definition, upForMs }: Situation): number {
  const { warmUpMs } = definition;
  if (warmUpMs === undefined || upForMs >= warmUpMs) return Number.POSITIVE_INFINITY;
  const stepMs = warmUpMs / warmUpSteps;
  return (Math.floor(upForMs / stepMs) + 1) * stepMs - upForMs;
}

function endsOf({ overrides, hostDrained }: Situation): readonly number[] {
  const { unhealthy, drained, downtime } = overrides;
  return [hostDrained, unhealthy, drained, downtime].flatMap((spell) => spell?.untilMs ?? []);
}

function startsOf(downtime: Downtime | undefined): readonly number[] {
  if (downtime === undefined) return [];
  return [downtime.startsAtMs - downtime.drainMs, downtime.startsAtMs];
}
