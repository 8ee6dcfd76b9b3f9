import type { CatalogInput, ServiceInput } from '../../../../infra/catalog/schema.ts';
import { catalog } from './catalog.ts';
import { workers } from './services.ts';

/** The drills' catalog with something else about the service that can be told to misbehave. */
export function withWorker(change: Partial<ServiceInput<string>>): CatalogInput<string> {
  const worker = catalog.services[workers];
  if (worker === undefined) throw new Error(`the catalog has no ${workers}`);
  return { ...catalog, services: { ...catalog.services, [workers]: { ...worker, ...change } } };
}
