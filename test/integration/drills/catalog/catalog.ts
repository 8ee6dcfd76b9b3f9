/**
 * What the drills run beside the tutorial's services: the shipped hosts, and on them services that
 * can be told to misbehave, one that speaks plain TCP, and one with room for few requests.
 */

import type { CatalogInput } from '../../../../infra/catalog/schema.ts';
import { catalog as shipped } from '../../../../infra/catalog.ts';
import { drillServices } from './services.ts';

const base: CatalogInput<string> = shipped;

export const catalog: CatalogInput<string> = {
  ...base,
  services: { ...base.services, ...drillServices(base) },
};
