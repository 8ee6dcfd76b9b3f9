import { z } from 'zod';
import type { StackOutputs } from '../../stack-outputs.ts';
import { type HostStatus, hostStatus } from './host-status.ts';
import type { InstanceStatus } from './instance-status.ts';
import { problemsOf } from './problems.ts';

/** What `status --json` prints. */
export interface StatusReport {
  readonly stack: string;
  readonly environment: string;
  readonly ensemble: string;
  /** True when every host answers, every unit is active and the ensemble has one leader. */
  readonly healthy: boolean;
  /** What is wrong, in words; empty when healthy. */
  readonly problems: readonly string[];
  readonly hosts: Readonly<Record<string, HostStatus>>;
  readonly services: Readonly<Record<string, readonly InstanceStatus[]>>;
}

/** Asks all hosts at once. */
export async function collectStatus(stack: string, outputs: StackOutputs): Promise<StatusReport> {
  const hosts = Object.fromEntries(
    await Promise.all(
      Object.entries(outputs.hosts).map(async ([name, host]) => {
        const services = Object.entries(outputs.services).filter(([, { on }]) => on.includes(name));
        return [
          name,
          await hostStatus(
            host,
            services.map(([service]) => service),
            outputs.membership?.tls === true,
          ),
        ] as const;
      }),
    ),
  );
  const services = Object.fromEntries(
    Object.keys(outputs.services).map((name) => [name, instancesOf(name, outputs, hosts)]),
  );
  const problems = problemsOf(hosts, services);
  const { environment, ensemble } = outputs;
  return {
    stack,
    environment,
    ensemble,
    healthy: problems.length === 0,
    problems,
    hosts,
    services,
  };
}

function instancesOf(
  service: string,
  outputs: StackOutputs,
  hosts: Readonly<Record<string, HostStatus>>,
): readonly InstanceStatus[] {
  const { on = [], consumers = [] } = outputs.services[service] ?? {};
  return on.map((instance) => ({
    instance,
    ...watchedBy(hosts[instance], service),
    seenBy: Object.fromEntries(
      consumers.flatMap((consumer) => {
        const status = hosts[consumer];
        if (status === undefined || !status.answers) return [];
        const row = status.proxies.find(
          ({ backend, server }) => backend === service && server.startsWith(`${instance}_`),
        );
        return [[consumer, row?.status ?? 'absent']];
      }),
    ),
  }));
}

/** The part of nerve's `/status` that counts here. */
const nerveSchema = z.object({
  services: z.record(
    z.string(),
    z.object({
      health: z.string(),
      withheld: z.string().nullish(),
      registered: z.string().nullish(),
    }),
  ),
});

function watchedBy(
  host: HostStatus | undefined,
  service: string,
): Pick<InstanceStatus, 'health' | 'withheld' | 'registered'> {
  const parsed = nerveSchema.safeParse(host?.answers ? host.nerve : undefined);
  const watch = parsed.success ? parsed.data.services[service] : undefined;
  return {
    health: watch?.health,
    withheld: watch?.withheld ?? undefined,
    registered: typeof watch?.registered === 'string',
  };
}
