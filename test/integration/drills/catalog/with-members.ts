import type { CatalogInput } from '../../../../infra/catalog/schema.ts';

/** The same with another ensemble; `members` are ids by name. */
export function withMembers(
  base: CatalogInput<string>,
  members: Readonly<Record<string, number>>,
): CatalogInput<string> {
  const others = Object.entries(base.hosts).filter(([, { roles }]) => !roles.includes('zookeeper'));
  const wanted = Object.entries(members).map(([name, id]) => [name, { id, roles: ['zookeeper'] }]);
  return {
    ...base,
    ensemble: { ...base.ensemble, size: wanted.length },
    hosts: Object.fromEntries([...wanted, ...others]),
  };
}
