/** What the stack's configuration of the target `aws` says, or all that is wrong with it. */
import type { Config } from '@pulumi/pulumi';
import type { z } from 'zod';
import { type Problem, parseConfig } from '../../../agent/config/parse.ts';
import { settingsSchema } from './settings-schema.ts';

const section = 'smartstack:aws';

/** No host can be called the same. */
export const bastionName = 'bastion';

export type AwsSettings = Readonly<z.output<typeof settingsSchema>> & { readonly region: string };

export type ReadSettings =
  | { readonly ok: true; readonly settings: AwsSettings }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** @param aws Configuration of Pulumi's provider, `aws:region` and so on. */
export function readSettings(config: Config, aws: Config, hosts: readonly string[]): ReadSettings {
  const parsed = parseConfig(settingsSchema, config.getObject('aws') ?? {});
  const region = aws.get('region');
  const problems = [
    ...providerProblems(aws),
    ...(parsed.ok
      ? crossProblems(parsed.config, hosts)
      : parsed.problems.map((one) => ({ ...one, path: joined(one.path) }))),
  ];
  if (!parsed.ok || region === undefined || problems.length > 0) return { ok: false, problems };
  return { ok: true, settings: { ...parsed.config, region } };
}

/** What reads a machine's console finds its own credentials, as every tool of AWS does. */
const notUnderstood = ['accessKey', 'secretKey', 'token', 'assumeRole', 'assumeRoles'] as const;

function providerProblems(aws: Config): readonly Problem[] {
  const region = aws.get('region');
  return [
    ...(region === undefined
      ? [{ path: 'aws:region', message: 'is missing; name one, such as eu-central-1' }]
      : []),
    ...notUnderstood
      .filter((name) => aws.get(name) !== undefined)
      .map((name) => ({
        path: `aws:${name}`,
        message: 'is not supported; use aws:profile, or the variables of AWS',
      })),
  ];
}

function crossProblems(
  { network, machines, data, zones }: z.output<typeof settingsSchema>,
  hosts: readonly string[],
): readonly Problem[] {
  const { vpcId, nat, routeTableId } = network;
  const strangers = (path: string, names: readonly string[]): readonly Problem[] =>
    names
      .filter((name) => !hosts.includes(name))
      .map((name) => ({
        path: joined(`${path}.${name}`),
        message: `is no host of the catalog; there are ${hosts.join(', ')}`,
      }));
  return [
    ...(new Set(zones).size < zones.length
      ? [{ path: joined('zones'), message: 'names a zone twice; name each once' }]
      : []),
    ...(routeTableId !== undefined && (vpcId === undefined || nat !== undefined)
      ? [
          {
            path: joined('network.routeTableId'),
            message: 'is for an existing VPC without NAT gateways of ours; give vpcId, not nat',
          },
        ]
      : []),
    ...strangers('machines.hosts', Object.keys(machines.hosts)),
    ...strangers('data.volumes', Object.keys(data.volumes)),
    ...strangers(
      'machines.renew',
      machines.renew.filter((name) => name !== bastionName),
    ),
  ];
}

function joined(path: string): string {
  return path === '' ? section : `${section}.${path}`;
}
