/** The ensemble with a setting with which no member starts: a heap for which no machine has room. */
import type { CatalogInput } from '../../../../infra/catalog/schema.ts';
import { catalog as drills } from './catalog.ts';

export const catalog: CatalogInput<string> = {
  ...drills,
  ensemble: { ...drills.ensemble, heapMb: 200_000_000 },
};
