import type { Problem } from '../../agent/config/parse.ts';
import type { Catalog } from '../catalog/schema.ts';
import type { Host } from './host.ts';

/** How machines are not those of the catalog; nothing where they are. */
export function hostDifferences(
  { hosts: wanted }: Pick<Catalog, 'hosts'>,
  given: readonly Pick<Host, 'name'>[],
): readonly Problem[] {
  const names = given.map(({ name }) => name);
  const missing = Object.keys(wanted).filter((name) => !names.includes(name));
  const extra = names.filter((name) => !Object.hasOwn(wanted, name));
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  return [
    ...missing.map((path) => ({ path, message: 'is in the catalog, and no machine has the name' })),
    ...extra.map((path) => ({ path, message: 'is no host of the catalog; add it there' })),
    ...twice.map((path) => ({ path, message: 'is the name of two machines; keep one' })),
  ];
}
