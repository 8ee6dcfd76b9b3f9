/** A service at another port. */
import { withWorker } from './with-worker.ts';

export const catalog = withWorker({ port: 8511 });
