import type { CatalogInput, ServiceInput } from '../../../../infra/catalog/schema.ts';
import { catalog } from './catalog.ts';

/** The drills' catalog with something else about one of its services. */
export function withService(
  name: string,
  change: Partial<ServiceInput<string>>,
): CatalogInput<string> {
  const service = catalog.services[name];
  if (service === undefined) throw new Error(`the catalog has no ${name}`);
  return { ...catalog, services: { ...catalog.services, [name]: { ...service, ...change } } };
}
