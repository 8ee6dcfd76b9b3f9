import type { CatalogInput } from '../../../../infra/catalog/schema.ts';

/** The same with TLS among members of the ensemble and to them, or on the way back from it. */
export function withEnsembleTls(base: CatalogInput<string>, tls: boolean): CatalogInput<string> {
  return { ...base, ensemble: { ...base.ensemble, tls } };
}
