import { catalog as base } from './five-members.ts';
import { withEnsembleTls } from './with-ensemble-tls.ts';

export const catalog = withEnsembleTls(base, true);
