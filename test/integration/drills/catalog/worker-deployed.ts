/** Another version of a service. */
import { workerRun } from './services.ts';
import { withWorker } from './with-worker.ts';

export const catalog = withWorker({ run: { ...workerRun, environment: { VERSION: 'next' } } });
