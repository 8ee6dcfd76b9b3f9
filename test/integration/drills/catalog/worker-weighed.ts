/** A service with another check and another weight. */
import { workers } from './services.ts';
import { withService } from './with-service.ts';

export const catalog = withService(workers, { checkIntervalMs: 500, weight: 40 });
