/** The ensemble with another setting, for which its members restart. */
import type { CatalogInput } from '../../../../infra/catalog/schema.ts';
import { catalog as drills } from './catalog.ts';

export const catalog: CatalogInput<string> = {
  ...drills,
  ensemble: { ...drills.ensemble, tickTimeMs: 2_500 },
};
