import { catalog as base } from './catalog.ts';
import { withEnsembleTls } from './with-ensemble-tls.ts';

export const catalog = withEnsembleTls(base, true, [1, 2]);
