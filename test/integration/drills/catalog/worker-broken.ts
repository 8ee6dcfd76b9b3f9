/** A version of a service that answers nobody. */
import { workerRun, workers } from './services.ts';
import { withService } from './with-service.ts';

export const catalog = withService(workers, {
  run: { ...workerRun, command: '/usr/bin/sleep infinity' },
});
