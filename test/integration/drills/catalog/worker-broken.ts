/** A version of a service that does not start. */
import { workerRun } from './services.ts';
import { withWorker } from './with-worker.ts';

export const catalog = withWorker({ run: { ...workerRun, command: '/bin/false' } });
