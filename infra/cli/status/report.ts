import type { StackOutputs } from '../outputs.ts';
import { type HostStatus, hostStatus } from './host-status.ts';

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

export interface InstanceStatus {
  /** The host it runs on. */
  readonly instance: string;
  /** HAProxy's word for it on each consumer that knows it, such as `UP`. */
  readonly seenBy: Readonly<Record<string, string>>;
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
          ),
        ] as const;
      }),
    ),
  );
  const services = Object.fromEntries(
    Object.keys(outputs.services).map((name) => [name, instancesOf(name, outputs, hosts)]),
  );
  const problems = [
    ...hostProblems(hosts),
    ...ensembleProblems(hosts),
    ...instanceProblems(services),
  ];
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

function hostProblems(hosts: Readonly<Record<string, HostStatus>>): readonly string[] {
  return Object.entries(hosts).flatMap(([name, status]) => {
    if (!status.answers) return [`${name} does not answer: ${status.error}`];
    return Object.entries(status.units)
      .filter(([, { state }]) => state !== 'active')
      .map(([unit, { state }]) => `${name}: ${unit} is ${state}`);
  });
}

function ensembleProblems(hosts: Readonly<Record<string, HostStatus>>): readonly string[] {
  const members = Object.values(hosts).filter(({ roles }) => roles.includes('zookeeper'));
  const leaders = members.filter((member) => member.answers && member.zookeeper?.mode === 'leader');
  if (members.length === 0 || leaders.length === 1) return [];
  return [`the ensemble has ${leaders.length === 0 ? 'no leader' : `${leaders.length} leaders`}`];
}

function instanceProblems(
  services: Readonly<Record<string, readonly InstanceStatus[]>>,
): readonly string[] {
  return Object.entries(services).flatMap(([service, instances]) =>
    instances.flatMap(({ instance, seenBy }) =>
      Object.entries(seenBy)
        .filter(([, word]) => !/^(UP|no check)/.test(word))
        .map(([consumer, word]) => `${service} on ${instance} is ${word} for ${consumer}`),
    ),
  );
}
