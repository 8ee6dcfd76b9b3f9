/**
 * Your environment. This is the one file to edit; `npm run up` makes it so.
 *
 * A service needs three lines: `port`, `localPort`, `on`. Everything else has a default: hover
 * over a field, or see `catalog/schema.ts`.
 */
import { defineCatalog } from './catalog/schema.ts';

export const catalog = defineCatalog({
  environment: 'tutorial',

  ensemble: { size: 3, heapMb: 128 },

  hosts: {
    zookeeper1: { id: 11, roles: ['zookeeper'] },
    zookeeper2: { id: 12, roles: ['zookeeper'] },
    zookeeper3: { id: 13, roles: ['zookeeper'] },
    service_a_node_1: { id: 21, roles: ['service'] },
    service_a_node_2: { id: 22, roles: ['service'] },
    service_b_node_1: { id: 31, roles: ['service'] },
  },

  services: {
    service_a: {
      port: 8001,
      localPort: 3333,
      on: ['service_a_node_1', 'service_a_node_2'],
      run: {
        command: '/opt/smartstack/current/bin/node service-a.ts',
        files: { 'service-a.ts': 'infra/tutorial/service-a.ts' },
      },
    },
    service_b: {
      port: 8002,
      localPort: 3334,
      on: ['service_b_node_1'],
      calls: ['service_a'],
      run: {
        command: '/opt/smartstack/current/bin/node service-b.ts',
        environment: { SERVICE_A: 'http://127.0.0.1:3333' },
        files: { 'service-b.ts': 'infra/tutorial/service-b.ts' },
      },
    },
  },
});
