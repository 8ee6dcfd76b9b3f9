import type { CatalogInput } from '../../../../infra/catalog/schema.ts';

/** The same with TLS among members of the ensemble and to them, or on the way back from it. */
export function withEnsembleTls(
  base: CatalogInput<string>,
  tls: boolean,
  authorities?: readonly number[],
): CatalogInput<string> {
  return { ...base, ensemble: { ...base.ensemble, tls }, ...(authorities && { authorities }) };
}
