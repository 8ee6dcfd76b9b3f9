import type { Downtime, Overrides, Spell } from '../lifecycle/overrides.ts';
import { describePlace } from '../reporters/place.ts';
import type { ServiceStatus } from '../service.ts';
import type { NerveStatus } from '../status.ts';

/** `GET /status`: everything that nerve knows. */
export function status({ services, hostDrained, ...rest }: NerveStatus) {
  return {
    ...rest,
    host_drained: describeSpell(hostDrained),
    services: Object.fromEntries(services.map((one) => [one.name, describeService(one)])),
  };
}

export function describeService(service: ServiceStatus): object {
  const { health, since, checks, overrides, decision, registration, reports } = service;
  const first = reports.find(({ place }) => place.type === 'zookeeper');
  return {
    health: health ?? 'undecided',
    since: since === undefined ? null : timeOf(since),
    checks: checks.map(({ name, health: checkHealth, reason }) => ({
      name,
      health: checkHealth ?? 'undecided',
      reason: reason ?? null,
    })),
    overrides: describeOverrides(overrides),
    wanted: decision.outcome,
    withheld: decision.outcome === 'down' ? decision.why : null,
    registration: decision.outcome === 'up' ? decision.registration : registration,
    zk_path: first?.place.type === 'zookeeper' ? first.place.path : null,
    registered: first?.registered ?? null,
    settled: reports.every(({ settled }) => settled),
    reports: reports.map(({ place, registered, settled }) => ({
      type: place.type,
      place: describePlace(place),
      registered: registered ?? null,
      settled,
    })),
  };
}

function describeOverrides({ unhealthy, drained, weight, downtime }: Overrides): object {
  return {
    unhealthy: describeSpell(unhealthy),
    drained: describeSpell(drained),
    weight: weight ?? null,
    downtime: describeDowntime(downtime),
  };
}

function describeSpell(spell: Spell | undefined): object | null {
  if (spell === undefined) return null;
  return {
    reason: spell.reason,
    until: spell.untilMs === undefined ? null : timeOf(spell.untilMs),
  };
}

function describeDowntime(downtime: Downtime | undefined): object | null {
  if (downtime === undefined) return null;
  const { startsAtMs, drainMs } = downtime;
  return {
    ...describeSpell(downtime),
    starts_at: timeOf(startsAtMs),
    drains_at: timeOf(startsAtMs - drainMs),
  };
}

function timeOf(wallMs: number): string {
  return new Date(wallMs).toISOString();
}
