/** A host more, with an instance of whatever runs on every host. */
import type { CatalogInput } from '../../../../infra/catalog/schema.ts';
import { catalog as drills } from './catalog.ts';
import { drillServices } from './services.ts';

/** Not there otherwise. */
export const spareHost = 'service_b_node_2';

const hosts: CatalogInput<string>['hosts'] = {
  ...drills.hosts,
  [spareHost]: { id: 32, roles: ['service'] },
};

export const catalog: CatalogInput<string> = {
  ...drills,
  hosts,
  services: { ...drills.services, ...drillServices({ ...drills, hosts }) },
};
