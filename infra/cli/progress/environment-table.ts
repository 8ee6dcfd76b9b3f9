import type { StackOutputs } from '../../stack-outputs.ts';
import type { Style } from './style.ts';
import { table } from './table.ts';

/**
 * The hosts and services of a stack, and what to try on them.
 *
 * @param sshConfig A file for `ssh -F` that knows the hosts by name.
 */
export function environmentTable(
  outputs: StackOutputs,
  sshConfig: string,
  style: Style,
): readonly string[] {
  const login = (name: string): string => `ssh -F ${sshConfig} ${name}`;
  const hosts = Object.entries(outputs.hosts).map(([name, { address, roles }]) => [
    name,
    address,
    roles.join(', '),
    login(name),
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
    ...suggestions(outputs, login, style),
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

function suggestions(
  outputs: StackOutputs,
  login: (host: string) => string,
  style: Style,
): readonly string[] {
  const [service] = Object.values(outputs.services).filter(({ mode }) => mode === 'http');
  const [consumer] = service?.consumers ?? [];
  if (service === undefined || consumer === undefined) return [];
  const command = (text: string, what: string): string => `  ${text}   ${style.dim(`# ${what}`)}`;
  return [
    '',
    style.bold('Try'),
    command(`${login(consumer)} curl -s ${service.url}/ping`, 'twice: another instance answers'),
    command('npm run status', 'hosts, ensemble, instances, proxies'),
    command('npm run preview', 'after a change in infra/catalog.ts'),
  ];
}
