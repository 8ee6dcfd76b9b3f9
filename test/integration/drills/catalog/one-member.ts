/** Where the tutorial begins: one ZooKeeper, and one host with a service. */

import type { CatalogInput } from '../../../../infra/catalog/schema.ts';
import { catalog as shipped } from '../../../../infra/catalog.ts';
import { drillServices } from './services.ts';

const hosts: CatalogInput<string>['hosts'] = {
  zookeeper1: { id: 11, roles: ['zookeeper'] },
  service_a_node_1: { id: 21, roles: ['service'] },
};

const base: CatalogInput<string> = {
  ...shipped,
  ensemble: { ...shipped.ensemble, size: 1 },
  hosts,
  services: {
    service_a: {
      ...shipped.services.service_a,
      port: 8001,
      localPort: 3333,
      on: ['service_a_node_1'],
    },
  },
};

export const catalog: CatalogInput<string> = {
  ...base,
  services: { ...base.services, ...drillServices(base) },
};
