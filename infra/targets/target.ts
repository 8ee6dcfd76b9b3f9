import type { Config } from '@pulumi/pulumi';
import { InvalidEnvironmentError } from '../catalog/invalid-environment.ts';
import type { Catalog } from '../catalog/schema.ts';
import type { Host } from './host.ts';

/** Where hosts come from; each gives the same `Host`. */
const targets = {
  vagrant: async () => (await import('./vagrant.ts')).vagrantHosts,
  hosts: async () => (await import('./hosts.ts')).existingHosts,
} as const;

/** Hosts of the catalog on the target that the stack's configuration names. */
export async function targetHosts(catalog: Catalog, config: Config): Promise<readonly Host[]> {
  const name = config.get('target') ?? 'vagrant';
  if (!isTarget(name)) {
    const known = Object.keys(targets).join(', ');
    const message = `there is no target "${name}"; use one of ${known}`;
    throw new InvalidEnvironmentError('stack configuration', [
      { path: 'smartstack:target', message },
    ]);
  }
  const provide = await targets[name]();
  const wanted = Object.entries(catalog.hosts).map(([host, { id }]) => ({ name: host, id }));
  return provide(wanted, config);
}

function isTarget(name: string): name is keyof typeof targets {
  return Object.hasOwn(targets, name);
}
