import type { StackOutputs } from '../outputs.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/** The hosts and services of a stack, and what to try on them. */
export function environmentTable(outputs: StackOutputs, style: Style): readonly string[] {
  const hosts = Object.entries(outputs.hosts).map(([name, { address, roles, ssh }]) => [
    name,
    address,
    roles.join(', '),
    ssh,
  ]);
  const services = Object.entries(outputs.services).map(([name, service]) => [
    name,
    service.on.join(', '),
    service.url,
    service.consumers.join(', '),
  ]);
  return [
    '',
    ...titled(['HOST', 'ADDRESS', 'ROLES', 'LOG IN'], hosts, style),
    '',
    ...titled(['SERVICE', 'RUNS ON', 'REACHED AT', 'FROM'], services, style),
    ...suggestions(outputs, style),
  ];
}

function titled(
  titles: readonly string[],
  rows: readonly (readonly string[])[],
  style: Style,
): readonly string[] {
  const [head = '', ...lines] = table([titles, ...rows]);
  return [style.bold(head), ...lines];
}

function suggestions(outputs: StackOutputs, style: Style): readonly string[] {
  const [service] = Object.values(outputs.services).filter(({ mode }) => mode === 'http');
  const consumer = outputs.hosts[service?.consumers[0] ?? ''];
  if (service === undefined || consumer === undefined) return [];
  const command = (text: string, what: string): string => `  ${text}   ${style.dim(`# ${what}`)}`;
  return [
    '',
    style.bold('Try'),
    command(`${consumer.ssh} curl -s ${service.url}/`, 'twice: another instance answers'),
    command('npm run status', 'hosts, ensemble, instances, proxies'),
    command('npm run preview', 'after a change in infra/catalog.ts'),
  ];
}
