import { expect } from 'chai';
import type { Catalog } from '../../infra/catalog/schema.ts';
import { validateCatalog } from '../../infra/catalog/validate.ts';

/** So many members, and hosts of services that run one service each. */
export function catalogOf(members: number, services: number): Catalog {
  const member = (_: unknown, index: number) =>
    [`zookeeper${index + 1}`, { id: index + 11, roles: ['zookeeper'] }] as const;
  const host = (_: unknown, index: number) =>
    [`web${index + 1}`, { id: index + 21, roles: ['service'] }] as const;
  const names = Array.from({ length: services }, (_, index) => `web${index + 1}`);
  const validated = validateCatalog(
    {
      environment: 'test',
      ensemble: { size: members },
      hosts: Object.fromEntries([
        ...Array.from({ length: members }, member),
        ...Array.from({ length: services }, host),
      ]),
      services: {
        web: { port: 8001, localPort: 3333, on: names },
        shop: { port: 8002, localPort: 3334, on: names.slice(0, 1) },
      },
    },
    { deployed: {}, fileExists: () => true },
  );
  return validated.ok ? validated.catalog : expect.fail(JSON.stringify(validated.problems));
}
