/** A service at another port. */
import { workers } from './services.ts';
import { withService } from './with-service.ts';

export const catalog = withService(workers, { port: 8511 });
