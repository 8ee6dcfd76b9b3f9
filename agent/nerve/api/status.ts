import type { ServiceStatus } from '../service.ts';
import type { NerveStatus } from '../status.ts';

/** `GET /status`: everything that nerve knows. */
export function status({ services, ...rest }: NerveStatus): object {
  return {
    ...rest,
    services: Object.fromEntries(services.map((one) => [one.name, describe(one)])),
  };
}

function describe({ health, since, checks, target, report }: ServiceStatus): object {
  return {
    health: health ?? 'undecided',
    since: since === undefined ? null : new Date(since).toISOString(),
    checks: checks.map(({ name, health: checkHealth, reason }) => ({
      name,
      health: checkHealth ?? 'undecided',
      reason: reason ?? null,
    })),
    registration: target.registration,
    zk_path: target.path,
    registered: report.registered ?? null,
    settled: report.settled,
  };
}
