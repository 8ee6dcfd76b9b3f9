/** Another version of a service. */
import { workerRun, workers } from './services.ts';
import { withService } from './with-service.ts';

export const catalog = withService(workers, {
  run: { ...workerRun, environment: { VERSION: 'next' } },
});
