import type { CatalogInput } from '../../../../infra/catalog/schema.ts';
import { catalog as drills } from './catalog.ts';
import { newcomer, serviceHostsIn, workerRun } from './services.ts';

export const catalog: CatalogInput<string> = {
  ...drills,
  services: {
    ...drills.services,
    [newcomer]: { port: 8505, localPort: 3505, on: serviceHostsIn(drills), run: workerRun },
  },
};
