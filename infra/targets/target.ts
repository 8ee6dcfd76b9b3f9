import type { Config } from '@pulumi/pulumi';
import { InvalidEnvironmentError } from '../catalog/invalid-environment.ts';
import type { DeployedHosts } from '../catalog/rule.ts';
import type { Catalog } from '../catalog/schema.ts';
import type { NamedHost, TargetHost } from './host.ts';

export interface TargetRequest {
  readonly catalog: Catalog;
  /** Its hosts, in its order. */
  readonly wanted: readonly NamedHost[];
  readonly config: Config;
  readonly deployed: DeployedHosts;
}

export type Provide = (
  request: TargetRequest,
) => Promise<readonly TargetHost[]> | readonly TargetHost[];

/** Where hosts come from; each gives the same `Host`. */
const targets = {
  vagrant: async (): Promise<Provide> => {
    const { vagrantHosts } = await import('./vagrant.ts');
    return ({ wanted, config }) => vagrantHosts(wanted, config);
  },
  hosts: async (): Promise<Provide> => {
    const { existingHosts } = await import('./hosts.ts');
    return ({ wanted, config }) => existingHosts(wanted, config);
  },
  aws: async (): Promise<Provide> => (await import('./aws.ts')).awsHosts,
} as const;

export function targetName(config: Config): string {
  return config.get('target') ?? 'vagrant';
}

/** Whether each of its hosts stands in a zone, said in the catalog or not. */
export function givesZones(target: string): boolean {
  return target === 'aws';
}

/** Hosts of the catalog on the target that the stack's configuration names. */
export async function targetHosts(
  request: Omit<TargetRequest, 'wanted'>,
): Promise<readonly TargetHost[]> {
  const name = targetName(request.config);
  if (!isTarget(name)) {
    const known = Object.keys(targets).join(', ');
    const message = `there is no target "${name}"; use one of ${known}`;
    throw new InvalidEnvironmentError('stack configuration', [
      { path: 'smartstack:target', message },
    ]);
  }
  const provide = await targets[name]();
  const hosts = Object.entries(request.catalog.hosts);
  const wanted = hosts.map(([host, entry]) => ({ name: host, ...entry }));
  return await provide({ ...request, wanted });
}

function isTarget(name: string): name is keyof typeof targets {
  return Object.hasOwn(targets, name);
}
