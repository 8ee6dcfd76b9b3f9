/** A service over TLS on all hosts but the last. */
import { catalog as drills } from './catalog.ts';
import { secured, serviceHostsIn } from './services.ts';
import { withService } from './with-service.ts';

export const catalog = withService(secured, { on: serviceHostsIn(drills).slice(0, -1) });
