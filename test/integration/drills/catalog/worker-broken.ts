/** A version of a service that answers nobody. */
import { workerRun } from './services.ts';
import { withWorker } from './with-worker.ts';

export const catalog = withWorker({ run: { ...workerRun, command: '/usr/bin/sleep infinity' } });
