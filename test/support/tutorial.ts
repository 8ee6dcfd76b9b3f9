/** The catalog that ships, on made-up machines: what rendering and components are tested with. */
import { expect } from 'chai';
import type { Catalog } from '../../infra/catalog/schema.ts';
import { validateCatalog } from '../../infra/catalog/validate.ts';
import { catalog as shipped } from '../../infra/catalog.ts';
import type { Environment } from '../../infra/render/environment.ts';
import type { SourceFile } from '../../infra/render/host.ts';
import type { TargetHost } from '../../infra/targets/host.ts';

export function tutorialCatalog(): Catalog {
  const validated = validateCatalog(shipped, { deployed: {}, fileExists: () => true });
  if (!validated.ok) return expect.fail(JSON.stringify(validated.problems));
  return validated.catalog;
}

export function tutorialHosts(catalog: Catalog): readonly TargetHost[] {
  return Object.entries(catalog.hosts).map(([name, { id }]) => ({
    name,
    address: `192.0.2.${id}`,
    arch: 'x64',
    privateKeyPath: '/keys/id_ed25519',
    machine: undefined,
    connection: {
      host: `192.0.2.${id}`,
      port: 22,
      user: 'admin',
      privateKey: 'a private key',
      hostKey: `ssh-ed25519 ${name}`,
      dialErrorLimit: 10,
      perDialTimeout: 5,
    },
  }));
}

export function tutorialEnvironment(): Environment {
  const catalog = tutorialCatalog();
  const hosts = tutorialHosts(catalog);
  return { catalog, addresses: new Map(hosts.map(({ name, address }) => [name, address])) };
}

/** Every file of the catalog, without one on the disk. */
export function textOf(path: string): SourceFile {
  return { content: `the text of ${path}\n`, executable: false };
}
