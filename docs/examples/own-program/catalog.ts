import { defineCatalog } from 'smartstack';

export const catalog = defineCatalog({
  environment: 'shop',
  ensemble: { size: 1 },
  hosts: {
    zookeeper1: { id: 11, roles: ['zookeeper'] },
    web1: { id: 21, roles: ['service'] },
    web2: { id: 22, roles: ['service'] },
  },
  services: {
    stock: {
      port: 8001,
      localPort: 3333,
      on: ['web1', 'web2'],
      run: {
        command: '/opt/smartstack/current/bin/node stock.mjs',
        files: { 'stock.mjs': 'stock.mjs' },
      },
    },
  },
});
