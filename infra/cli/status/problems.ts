import type { HostStatus } from './host-status.ts';
import type { InstanceStatus } from './instance-status.ts';

/** What is not as it should be, in words. */
export function problemsOf(
  hosts: Readonly<Record<string, HostStatus>>,
  services: Readonly<Record<string, readonly InstanceStatus[]>>,
): readonly string[] {
  return [...hostProblems(hosts), ...ensembleProblems(hosts), ...instanceProblems(services)];
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
  const members = Object.entries(hosts).flatMap(([name, status]) =>
    status.answers && status.roles.includes('zookeeper')
      ? [{ name, mode: status.zookeeper?.mode ?? 'none' }]
      : [],
  );
  const leaders = members.filter(({ mode }) => mode === 'leader').length;
  const idle = members.filter(({ mode }) => mode === 'none');
  return [
    ...idle.map(({ name }) => `${name}: its ZooKeeper serves nobody`),
    ...(leaders === 1 || members.length === 0 ? [] : [`the ensemble has ${leaders} leaders`]),
  ];
}

function instanceProblems(
  services: Readonly<Record<string, readonly InstanceStatus[]>>,
): readonly string[] {
  return Object.entries(services).flatMap(([service, instances]) =>
    instances.flatMap(({ instance, health, withheld, registered, seenBy }) => [
      ...(registered
        ? []
        : [`${service} on ${instance} is not registered (${withheld ?? health ?? 'unknown'})`]),
      ...Object.entries(seenBy)
        .filter(([, word]) => !/^(UP|no check)/.test(word))
        .map(([consumer, word]) => `${service} on ${instance} is ${word} for ${consumer}`),
    ]),
  );
}
