/** What a stack asks for, or all that is wrong with it. */
import { Config } from '@pulumi/pulumi';
import type { Problem } from '../../../agent/config/parse.ts';
import { InvalidEnvironmentError } from '../../catalog/invalid-environment.ts';
import type { TargetRequest } from '../target.ts';
import { kindOf } from './placement.ts';
import { type LoginKey, readLoginKey } from './private-key.ts';
import { type AwsSettings, bastionName, readSettings } from './settings.ts';

/** Of the configuration, as far as it can be checked without AWS. */
export function settingsAndKey(request: TargetRequest): {
  readonly settings: AwsSettings;
  readonly key: LoginKey;
} {
  const { wanted, config } = request;
  const names = wanted.map(({ name }) => name);
  const read = readSettings(config, new Config('aws'), names);
  if (!read.ok) throw invalid(read.problems);
  const { settings } = read;
  const key = readLoginKey(settings.ssh.privateKey);
  if ('message' in key) throw invalid([key]);
  refuse([
    ...nameProblems(names),
    ...memberProblems(request, settings),
    ...instanceProblems(request, settings),
  ]);
  return { settings, key };
}

function nameProblems(names: readonly string[]): readonly Problem[] {
  if (!names.includes(bastionName)) return [];
  const message = 'is the name of the way in to the others; call this host otherwise';
  return [{ path: `hosts.${bastionName}`, message }];
}

/** A member that is made anew serves only at the end: the ensemble must do without it alone. */
function memberProblems({ wanted }: TargetRequest, { machines }: AwsSettings): readonly Problem[] {
  const renewed = wanted
    .filter((host) => kindOf(host) === 'zookeeper' && machines.renew.includes(host.name))
    .map(({ name }) => name);
  if (renewed.length < 2) return [];
  const message = `names ${renewed.length} members, ${renewed.join(', ')}; renew one at a time`;
  return [{ path: 'smartstack:aws.machines.renew', message }];
}

/**
 * The same of instances: on a host that is made anew they are back only once all is installed on it.
 * What is new has nothing to lose.
 */
function instanceProblems(
  { catalog, deployed }: TargetRequest,
  { machines }: AwsSettings,
): readonly Problem[] {
  const away = machines.renew.filter((name) => name in deployed);
  const together = Object.entries(catalog.services).map(
    ([service, { on }]) => [away.filter((name) => on.includes(name)), service] as const,
  );
  const found = together.find(([hosts]) => hosts.length > 1);
  if (found === undefined) return [];
  const [hosts, service] = found;
  const message = `names ${hosts.join(', ')}, which all run "${service}"; renew one at a time`;
  return [{ path: 'smartstack:aws.machines.renew', message }];
}

/** @throws InvalidEnvironmentError where there are problems. */
export function refuse(problems: readonly Problem[]): void {
  if (problems.length > 0) throw invalid(problems);
}

function invalid(problems: readonly Problem[]): InvalidEnvironmentError {
  return new InvalidEnvironmentError("the stack's configuration", problems);
}
